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

/** Three people of four addresses and four devices; one device's id has also been a userId, and so has an address. */
export const TOWN: Universe = {
  users: ['u1', 'u2', 'd1', 'B@x.org'],
  emails: ['a@x.org', 'b@x.org', 'c@x.org', 'd\u00e9@x.org'],
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
    { name: 'identified', traits: { city: 'Rome' } },
    { name: 'identified', traits: { city: 'Oslo', plan: 'free' } },
    { name: 'unsubscribed', properties: { list: 'a' } },
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
export const JUNK: readonly string[] = ['null', 'Undefined', ' anonymous ', '', '[object Object]'];

interface Who {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
}

function whoIn({ users, emails, devices, joins }: Universe): fc.Arbitrary<Who> {
  const user = oftenFrom(users);
  const email = oftenFrom(emails.flatMap((one) => [one, one, one, ` ${one.toUpperCase().normalize('NFD')} `]));
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

/** An address that about twenty people share: as many as it may join, or more. */
export function crowds(): fc.Arbitrary<readonly EventMessage[]> {
  const users = Array.from({ length: 23 }, (_, n) => `u${n}`);
  const crowd = { users, emails: ['a@x.org', 'b@x.org'], devices: ['d1', 'd2'], joins: true };
  const sharing = fc.record({
    who: fc.shuffledSubarray(users, { minLength: 18 }),
    at: fc.array(when, { minLength: 23, maxLength: 23 }),
  });
  return fc.tuple(sharing, identityHistories(crowd, 20)).map(([{ who, at }, others]) => {
    const shared = who.map((user, i) =>
      event({ user, email: 'a@x.org', event_id: `s${i}`, occurred_at: at[i] ?? T0, content_hash: 'shared' }),
    );
    return readable([...shared, ...others]);
  });
}
