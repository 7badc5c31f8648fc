import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { Overlay } from '#lib/flow/table';
import { sha256 } from '#lib/hash/sha256';
import type { LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { identityAfter } from '#services/identify/identity';
import { leadOfId } from '#services/identify/ids';
import { leadOf } from '#services/identify/people';
import { CLOCK } from '#services/identify/state';
import { createIdentifyTopology } from '#services/identify/topology';
import { arrivals } from '#test/given/batch/arrivals';
import { inSeq } from '#test/given/batch/in-seq';
import { leadIds } from '#test/given/batch/leads';
import { linksIn } from '#test/given/batch/links';
import { keyOf, type Named, named } from '#test/given/batch/named';
import { readable } from '#test/given/batch/readable';
import { replay } from '#test/given/batch/replay';
import { eventsOf } from '#test/given/batch/scores';
import { AFTERWARDS, DAY, event, T0 } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';
import { identityHistories, TOWN } from '#test/given/identity-history';

const PARTNERS = 20;

/** A step of a history: who is called how after an event, and what came of it. */
interface Step {
  readonly logged: readonly Named[];
  /** Identifier, as `kind.hash` → its lead, before and after. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  readonly table: Overlay;
}

const nameOf = (strong: string) => strong.replace(' ', '.');

/** What identify knows after each event that is settled, each once. */
function* stepsOf(events: readonly LeadEvent[]): Iterable<Step> {
  const table = new Overlay();
  const known: string[] = [];
  const logged: Named[] = [];
  let before: ReadonlyMap<string, string> = new Map();
  for (const one of events.map(named)) {
    if (logged.some(({ key }) => key === one.key) || (one.strong.length === 0 && one.device === undefined)) continue;
    const identifiers = [...one.strong.map(nameOf), ...(one.device === undefined ? [] : [nameOf(one.device)])];
    const { name, occurred_at } = one.event;
    const said = { name, occurred_at, identifiers, event: keyOf(one.event) };
    table.apply(identityAfter(table, said, sha256).changes);
    logged.push(one);
    table.put(CLOCK, { seq: logged.length, logged_at: T0, tick_at: T0, model_version: '' });
    for (const strong of one.strong) if (!known.includes(nameOf(strong))) known.push(nameOf(strong));
    const after = new Map(known.map((strong) => [strong, leadOf(table, strong) ?? '']));
    yield { logged, before, after, table };
    before = after;
  }
}

/** The identifiers of each lead. */
function groupsOf(leads: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [strong, lead] of leads) groups.set(lead, [...(groups.get(lead) ?? []), strong]);
  return groups;
}

/** Who are one by the set of events so far: each with the ones that it is with. */
function togetherIn(logged: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const { joining } = linksIn(logged, PARTNERS);
  const together = new Map<string, ReadonlySet<string>>();
  for (const one of new Set(logged.flatMap(({ strong }) => strong))) {
    const group = new Set([one]);
    for (const member of group) {
      for (const pair of joining) if (pair.includes(member)) for (const other of pair) group.add(other);
    }
    together.set(nameOf(one), new Set([...group].map(nameOf)));
  }
  return together;
}

/** A crowd that shares an address, joined and parted again and again around the number that it may join. */
const crowds: fc.Arbitrary<readonly EventMessage[]> = fc
  .array(
    fc.record({
      user: fc.nat(22),
      email: fc.constantFrom('a@x.org', 'a@x.org', 'a@x.org', 'b@x.org'),
      name: fc.constantFrom('identified', 'identified', 'unmerged'),
      day: fc.nat(60),
    }),
    { minLength: 5, maxLength: 30, size: 'max' },
  )
  .chain((more) =>
    fc.record({
      more: fc.constant(more),
      first: fc.nat(1),
      crowd: fc.shuffledSubarray([...Array(22).keys()], { minLength: 19 }),
    }),
  )
  .map(({ more, first, crowd }) =>
    readable([
      ...(first === 0 ? [] : [event({ email: 'a@x.org', event_id: 'first', occurred_at: T0 })]),
      ...crowd.map((n) => event({ user: `u${n}`, email: 'a@x.org', event_id: `c${n}`, occurred_at: T0 + n * DAY })),
      ...more.map(({ user, email, name, day }, i) =>
        event({ name, user: `u${user}`, email, event_id: `m${i}`, occurred_at: T0 + day * DAY }),
      ),
    ]),
  );

const towns = identityHistories({ ...TOWN, devices: ['d1'] }, 30).chain(arrivals);

const HISTORIES = [
  ['people who turn out to be one, or not', towns, 400],
  ['an address that now and then too many share', crowds, 60],
] as const;

test.each(HISTORIES)(
  '%s: after each event leads are called as a batch over the log so far has it',
  (_, histories, runs) => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { logged, after } of stepsOf(eventsOf(history))) {
          const expected = [...leadIds(logged, PARTNERS)].map(([strong, lead]) => [nameOf(strong), lead]);
          expect([...after].sort()).toEqual(expected.sort());
        }
      }),
      { numRuns: runs },
    );
  },
  120_000,
);

test.each(HISTORIES)(
  '%s: an id changes by a join or a split alone, and is never given to others',
  (_, histories, runs) => {
    let [joins, returns] = [0, 0];
    fc.assert(
      fc.property(histories, (history) => {
        /** Ids in the order in which they were given → whose they were last. */
        const lastOf = new Map<string, readonly string[]>();
        for (const { logged, before, after, table } of stepsOf(eventsOf(history))) {
          const together = togetherIn(logged);
          const [was, is] = [groupsOf(before), groupsOf(after)];
          const given = [...lastOf.keys()];
          for (const [lead, members] of is) {
            // One id for who is one, and no other lead has it.
            expect(new Set(members)).toEqual(together.get(members[0] ?? ''));
            const former = [...new Set(members.flatMap((one) => before.get(one) ?? []))];
            const isWhole = former.every((one) => was.get(one)?.every((other) => members.includes(other)));
            // Of leads that become one, or stay as they are, the id that was given first survives.
            if (isWhole && former.length > 0) expect(lead).toBe(given.find((one) => former.includes(one)));
            if (isWhole && former.length > 1) joins++;
            // Whatever else a lead is called is new, or was its own before.
            if (was.has(lead) || !lastOf.has(lead)) continue;
            returns++;
            expect(members.some((one) => lastOf.get(lead)?.includes(one))).toBe(true);
          }
          for (const [lead, members] of was) {
            // Of one that comes apart one part stays what it was.
            if (new Set(members.map((one) => after.get(one))).size > 1 && is.has(lead))
              expect(members.some((one) => after.get(one) === lead)).toBe(true);
          }
          for (const [lead, members] of is) lastOf.set(lead, members);
          // An id that was given up leads to one of those who had it.
          for (const [id, last] of lastOf) expect(last.map((one) => after.get(one))).toContain(leadOfId(table, id));
        }
      }),
      { numRuns: runs },
    );
    expect(joins).toBeGreaterThan(10);
    expect(returns).toBeGreaterThan(0);
  },
  120_000,
);

/** Whose each event is in the end, and how all ids of leads follow each other, with so many partitions of lead.activity. */
function settled(history: readonly EventMessage[], partitions: number) {
  const topology = createIdentifyTopology({ ...IDENTIFY, partitions, movesAtOnce: 3 });
  const running = drive([topology], (topic) => (topic === TOPICS.activity ? partitions : 1));
  for (const message of history) running.publish(TOPICS.events, message, AFTERWARDS);
  const activity = inSeq(running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage));
  const ids = new Set(activity.flatMap(({ value }) => ('lead_id' in value ? [value.lead_id] : [])));
  return { owners: replay(activity).owners, ids: [...ids] };
}

test('ids are the same with one partition or many', () => {
  fc.assert(
    fc.property(fc.oneof(towns, crowds), fc.constantFrom(2, 4, 7), (history, partitions) => {
      expect(settled(history, partitions)).toEqual(settled(history, 1));
    }),
    { numRuns: 100 },
  );
}, 120_000);
