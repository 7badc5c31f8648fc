import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { DAY, event, HOUR, T0 } from '#test/given/event';

/** What one person may do in a test's history: the default model's behaviours, and some that no rule knows. */
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ name: 'page_viewed', path: '/pricing' }) },
  { weight: 2, arbitrary: fc.constant({ name: 'page_viewed', path: '/blog' }) },
  fc.constantFrom(
    { name: 'subscribed' },
    { name: 'unsubscribed' },
    { name: 'trial_started' },
    { name: 'appointment_scheduled' },
    { name: 'email_replied' },
    { name: 'asset_downloaded', properties: { asset_type: 'white_paper' } },
    { name: 'handoff_accepted' },
    { name: 'opportunity_created' },
    { name: 'something_else' },
  ),
  fc
    .record({
      name: fc.constantFrom('email_sent', 'email_opened', 'email_clicked'),
      mail: fc.constantFrom('m1', 'm2'),
    })
    .map(({ name, mail }) => ({ name, properties: { email_id: mail } })),
);

const who = fc.oneof(
  fc.record({ device: fc.constantFrom('d1', 'd2') }),
  fc.record({ user: fc.constantFrom('ann', 'bob') }),
  fc.record({ device: fc.constantFrom('d1', 'd2'), user: fc.constantFrom('ann', 'bob') }),
  fc.record({ user: fc.constant('ann'), email: fc.constant('ann@example.com') }),
);

/** Somebody known by an address alone, which turns out to be Ann's, and now and then not to be. */
const joined = fc.oneof(
  { weight: 3, arbitrary: fc.record({ deed, who }) },
  { weight: 1, arbitrary: fc.record({ deed, who: fc.constant({ email: 'ann@example.com' }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constant({ name: 'unmerged' }),
      who: fc.constant({ user: 'ann', email: 'ann@example.com' }),
    }),
  },
);

const wait = fc.oneof(fc.nat(2 * HOUR), fc.nat(3 * DAY), fc.nat(120 * DAY));

/**
 * Events of a few people that bring their own time, live (`historic` false) or as an import. `joining`: leads are joined and parted;
 * what they are called follows from the order then.
 */
export function histories(historic: boolean, maxLength = 40, joining = false): fc.Arbitrary<readonly EventMessage[]> {
  const does = joining ? joined : fc.record({ deed, who });
  return fc.array(fc.record({ does, wait, again: fc.nat(9) }), { maxLength }).map((steps) => {
    let now = T0;
    const events: EventMessage[] = [];
    for (const [i, step] of steps.entries()) {
      now += step.wait;
      const earlier = events[events.length - 1];
      if (step.again === 0 && earlier !== undefined) events.push(earlier);
      events.push(
        event({
          ...step.does.deed,
          ...step.does.who,
          event_id: `e${i}`,
          occurred_at: now,
          received_at: now,
          own_time: true,
          import_id: historic ? 'import' : null,
        }),
      );
    }
    return events;
  });
}
