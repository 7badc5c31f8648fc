import fc from 'fast-check';
import { DAY, T0 } from '#test/given/event';
import { type LeadEventMessage, spoken } from '#test/given/spoken';

export const MINUTE = 60_000;

/** A model whose moves ask for times, scores and grades together, in minutes: much comes of waiting alone. */
export const MOMENTS = {
  'scoring.yaml': `engine: 4
half_life: 30m
rules:
  - { id: looked, on: page_viewed, points: 20 }
  - { id: tried, on: trial_started, points: 25, half_life: 60m }
  - { id: left, on: unsubscribed, points: -15, half_life: 10m }
  - { id: clicked, on: email_clicked, points: 12, half_life: none, expires_after: 7m }
  - { id: not_opened, on: email_sent, unless: { on: email_opened, same: email_id, within: 10m }, points: -20 }
grade:
  grades: { A: 20, B: 10, C: 0 }
  rules:
    - { id: large, where: lead.traits.company_size >= 50, points: 10 }
    - { id: small, where: 'lead.traits.title.lowerAscii() == "student"', points: -30 }
`,
  'stages.yaml': `ladder: [visitor, lead, mql, sql]
beside: [nurture, dormant]
not_own: [email_sent, email_bounced, identified]
moves:
  - { id: identified, from: [visitor], to: lead, reason: known, when: { identified: true } }
  - { id: back, from: [dormant], to: lead, reason: active again, when: { active: true } }
  - { id: fits, from: [mql], to: sql, reason: fits, when: { grade_at_least: B, stayed_for: 12m, score_at_least: 25 } }
  - { id: worn, from: [mql], to: nurture, reason: no further, when: { stayed_for: 25m, score_below: 35 } }
  - { id: hot, from: [lead, nurture], to: mql, reason: hot, when: { score_at_least: 40 } }
  - { id: patient, from: [lead], to: mql, reason: still there, when: { stayed_for: 30m, score_at_least: 20 } }
  - { id: unfit, from: [sql], to: nurture, reason: unfit, when: { grade_below: B, stayed_for: 15m } }
  - { id: asleep, from: [mql, sql, nurture], to: dormant, reason: quiet, when: { quiet_for: 22m, score_below: 28 } }
  - { id: gone, from: [sql, nurture], to: dormant, reason: quiet for long, when: { quiet_for: 33m } }
  - { id: cooled, from: [mql], to: nurture, reason: cold, when: { score_below: 15 } }
`,
  'routing.yaml': `on_stage: mql
reason: became an MQL
method: round_robin
reps:
  - { id: ada, name: Ada Berg, email: ada@example.com }
`,
  'programs/care.yaml': `name: Care
enter:
  stage: mql
audience: [mql, sql, nurture]
reentry_after: 5m
steps:
  - { id: hello, after: 0m, channel: mail, template: hello, max_lateness: 24h }
  - { id: guide, after: 9m, channel: mail, template: guide, max_lateness: 24h }
  - { id: call, after: 26m, channel: alert, template: call, max_lateness: 24h }
`,
  'programs/series.yaml': `name: Series
enter:
  on: trial_started
audience: [lead, mql, sql]
reentry_after: 40m
exit_on: [email_clicked]
steps:
  - { id: first, after: 4m, channel: mail, template: first, max_lateness: 24h }
  - { id: second, after: 17m, channel: mail, template: second, max_lateness: 24h }
`,
} as const;

const mail = fc.constantFrom('m1', 'm2', 'm3').map((email_id) => ({ email_id }));

const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom('page_viewed', 'page_viewed', 'trial_started') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constantFrom('unsubscribed', 'subscribed'),
      properties: fc.constantFrom({}, {}, { list: 'news' }, { channel: 'sms' }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ name: fc.constantFrom('email_sent', 'email_opened', 'email_clicked'), properties: mail }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom('email_bounced', 'email_marked_as_spam') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant('identified'),
      traits: fc.constantFrom({ company_size: 200 }, { company_size: 8 }, { title: 'Student' }, { title: null }),
      email: fc.constantFrom('ann@x.org', 'ann@y.org'),
    }),
  },
);

function lineOf({ value }: LeadEventMessage): string {
  const minute = (at: number) => (at - T0 - DAY) / MINUTE;
  const { event_id, name, properties, occurred_at, received_at } = value;
  return `  ${event_id} ${name} ${properties} at minute ${minute(occurred_at)}, received ${minute(received_at)}`;
}

/** One person's doings: each at a whole minute, some of them reported later, never two reports at the same time. */
export const doings: fc.Arbitrary<readonly LeadEventMessage[]> = fc
  .array(fc.record({ deed, wait: fc.integer({ min: 1, max: 45 }), late: fc.oneof(fc.constant(0), fc.nat(30)) }), {
    minLength: 1,
    maxLength: 14,
    size: 'max',
  })
  .map((steps) => {
    let now = T0 + DAY;
    const events = steps.map(({ deed, wait, late }, i) => {
      now += wait * MINUTE;
      return spoken({ ...deed, user: 'ann', event_id: `e${i}`, occurred_at: now - late * MINUTE, received_at: now });
    });
    return Object.assign(events, { [fc.toStringMethod]: () => `\n${events.map(lineOf).join('\n')}\n` });
  });
