import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { readable } from '#test/given/batch/readable';
import { DAY, event, HOUR, T0 } from '#test/given/event';

/** Who may be in a history, and what may happen to them. */
export interface Universe {
  readonly users: readonly string[];
  readonly emails: readonly string[];
  readonly devices: readonly string[];
  /** Whether an event may name a userId and an email together, alias, and unmerge. */
  readonly joins: boolean;
}

/** Three people of four addresses and four devices; one device's id has also been a userId. */
export const TOWN: Universe = {
  users: ['u1', 'u2', 'd1'],
  emails: ['a@x.org', 'b@x.org', 'c@x.org', 'd@x.org'],
  devices: ['d1', 'd2', 'd3', 'd4'],
  joins: true,
};

/** The same people, each known by one identifier at most. */
export const STRANGERS: Universe = { ...TOWN, joins: false };

const deed = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ name: 'page_viewed', path: '/pricing' }) },
  fc.constantFrom(
    { name: 'page_viewed', path: '/blog' },
    { name: 'identified' },
    { name: 'subscribed' },
    { name: 'trial_started' },
    { name: 'something_else' },
  ),
  fc
    .record({
      name: fc.constantFrom('email_sent', 'email_opened', 'email_clicked'),
      mail: fc.constantFrom('m1', 'm2'),
    })
    .map(({ name, mail }) => ({ name, properties: { email_id: mail } })),
);

/** Days of the grid are shared, so that much happens at the same moment. */
const when = fc.oneof(
  fc.nat(8).map((day) => T0 + day * DAY),
  fc.nat(60 * 24).map((hour) => T0 + hour * HOUR),
);

/** What publishers send instead of an id, and an address as some write it. */
const JUNK = ['null', 'Undefined', ' anonymous ', '', '[object Object]'];

interface Who {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
}

function whoIn({ users, emails, devices, joins }: Universe): fc.Arbitrary<Who> {
  const user = oftenFrom(users);
  const email = oftenFrom(emails.flatMap((one) => [one, one, one, ` ${one.toUpperCase()} `]));
  const device = oftenFrom(devices);
  const apart = [
    { weight: 4, arbitrary: fc.record({ device }) },
    { weight: 1, arbitrary: fc.record({ user }) },
    { weight: 1, arbitrary: fc.record({ email }) },
    { weight: 3, arbitrary: fc.record({ user, device }) },
    { weight: 2, arbitrary: fc.record({ email, device }) },
  ];
  const together = [
    { weight: 3, arbitrary: fc.record({ user, email }) },
    { weight: 2, arbitrary: fc.record({ user, email, device }) },
  ];
  return fc.oneof(...apart, ...(joins ? together : []));
}

function oftenFrom(values: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...values) }, fc.constantFrom(...JUNK));
}

/** Aliases and unmerges, also of ids that are unknown or belong to a device. */
function changesIn({ users, devices }: Universe) {
  const name = fc.constantFrom('aliased', 'unmerged', 'unmerged');
  const previous = fc.option(oftenFrom([...users, ...devices]), { nil: undefined });
  return fc.record({ name, previous }).map(({ name, previous }) => ({ name, properties: { previous_id: previous } }));
}

/** The set of events of a history; two publishers number theirs alike. */
export function identityHistories(universe: Universe, maxLength: number): fc.Arbitrary<readonly EventMessage[]> {
  const happening = universe.joins
    ? fc.oneof({ weight: 6, arbitrary: deed }, { weight: 1, arbitrary: changesIn(universe) })
    : deed;
  const one = fc.record({ deed: happening, who: whoIn(universe), at: when });
  return fc.array(one, { minLength: 1, maxLength, size: 'max' }).map((steps) =>
    readable(
      steps.map(({ deed, who, at }, i) => {
        const publisher = i % 2 === 0 ? 'web' : 'sales';
        const event_id = `e${Math.floor(i / 2)}`;
        return event({ ...deed, ...who, event_id, publisher, occurred_at: at, content_hash: `content-${i}` });
      }),
    ),
  );
}

/** A history as it comes in: in some order, some of it again. Each is received when the latest so far occurred. */
export function arrivals(history: readonly EventMessage[]): fc.Arbitrary<readonly EventMessage[]> {
  const inTime = history.toSorted((a, b) => occurredAt(a) - occurredAt(b));
  const order = fc.oneof(
    { weight: 1, arbitrary: fc.constant(inTime) },
    { weight: 3, arbitrary: fc.shuffledSubarray([...history], { minLength: history.length }) },
  );
  const again = fc.array(fc.tuple(fc.nat(history.length - 1), fc.nat(history.length - 1)), { maxLength: 4 });
  return fc.tuple(order, again).map(([first, repeats]) => {
    const all = [...first];
    for (const [from, later] of repeats) {
      const repeated = all[from];
      if (repeated !== undefined) all.splice(Math.max(from, later) + 1, 0, repeated);
    }
    return readable(received(all));
  });
}

function received(events: readonly EventMessage[]): readonly EventMessage[] {
  let now = 0;
  return events.map((message) => {
    now = Math.max(now, occurredAt(message));
    return { ...message, value: { ...message.value, received_at: now } } as EventMessage;
  });
}

function occurredAt(message: EventMessage): number {
  return message.type === 'LeadEvent' ? message.value.occurred_at : message.value.received_at;
}
