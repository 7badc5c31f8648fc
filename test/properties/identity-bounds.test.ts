import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLasting, isOfFirst, wordsOf } from '#lib/facts/words';
import type { TableReader } from '#lib/flow/store';
import { timeIn } from '#lib/flow/table';
import { sha256 } from '#lib/hash/sha256';
import type { ActivityMessage, EventMessage } from '#schemas/topics';
import { identifier } from '#services/identify/identifier';
import { deviceRow } from '#services/identify/runs';
import { eventIn } from '#services/identify/state';
import { arrivals } from '#test/given/batch/arrivals';
import { inTime, keyOf, named } from '#test/given/batch/named';
import { batchLeads, batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { streamed } from '#test/given/batch/run';
import { batchScores, eventsOf } from '#test/given/batch/scores';
import { DAY, event, HOUR, T0 } from '#test/given/event';
import { identityHistories, TOWN } from '#test/given/identity-history';

const LOOKS = [10, 61, 200].map((days) => T0 + days * DAY);

/** The newest events of each identifier, by their keys; an event is of its strongest. */
function newest(history: readonly EventMessage[], kept: number): readonly string[] {
  const byIdentifier = new Map<string, Set<string>>();
  for (const { key, strong, device } of eventsOf(history).map(named).sort(inTime)) {
    const of = strong[0] ?? device;
    if (of !== undefined) byIdentifier.set(of, (byIdentifier.get(of) ?? new Set()).add(key));
  }
  return [...byIdentifier.values()].flatMap((all) => [...all].slice(-kept)).sort();
}

/** Of each identifier the last words on lasting facts, first words where those count, by the keys of their events. */
function lastWords(log: readonly ActivityMessage[]): readonly string[] {
  const held = new Map<string, { readonly at: number; readonly key: string }>();
  for (const { type, value } of log) {
    if (type !== 'Activity' || value.cause === 'move') continue;
    const one = { at: value.occurred_at, key: keyOf(value) };
    for (const { fact } of wordsOf(value, false)) {
      const name = `${value.identifiers[0]} ${fact}`;
      const other = held.get(name);
      const isLater = other === undefined || one.at > other.at || (one.at === other.at && one.key > other.key);
      if (isLasting(fact) && (other === undefined || isLater !== isOfFirst(fact))) held.set(name, one);
    }
  }
  return [...new Set([...held.values()].map(({ key }) => key))].sort();
}

/** Whose each of some events is. */
function ownersOf(owners: ReadonlyMap<string, string>, events: readonly string[]): readonly string[] {
  return events.map((key) => `${key} ${owners.get(key)}`);
}

/** A lead that is joined leaves behind what is not held any more; its score ends with it. */
const LEFT_BEHIND = / is merged with activities of its own$/;

test('with few activities held, the newest of each identifier and its last words end where a batch has them, and every event is one activity', () => {
  const orders = identityHistories(TOWN, 25).chain((history) => fc.tuple(arrivals(history), arrivals(history)));
  fc.assert(
    fc.property(orders, fc.integer({ min: 1, max: 5 }), (both, kept) => {
      for (const order of both) {
        const { activity, scoreOf } = streamed(order, kept);
        const { owners, faults } = replay(activity, batchLeads(eventsOf(order)));
        expect(faults.filter((fault) => !LEFT_BEHIND.test(fault))).toEqual([]);
        const expected = batchOwners(eventsOf(order));
        expect([...owners.keys()].sort()).toEqual([...expected.keys()].sort());
        const held = newest(order, kept);
        expect(ownersOf(owners, held)).toEqual(ownersOf(expected, held));
        const lasting = lastWords(activity);
        expect(ownersOf(owners, lasting)).toEqual(ownersOf(expected, lasting));
        const ended = new Set(faults.map((fault) => fault.replace(LEFT_BEHIND, '')));
        for (const [lead, scores] of batchScores(eventsOf(order), owners, LOOKS)) {
          if (ended.has(lead)) continue;
          for (const [i, at] of LOOKS.entries()) expect(scoreOf(lead, at)).toBeCloseTo(scores[i] ?? Number.NaN, 8);
        }
      }
    }),
    { numRuns: 400 },
  );
}, 120_000);

const KEPT = 12;

/** Two computers that many share: each event is a visit, or names one of five people. */
const shared = fc
  .array(
    fc.record({
      user: fc.option(fc.constantFrom('u1', 'u2', 'u3', 'u4', 'u5'), { nil: undefined, freq: 3 }),
      device: fc.constantFrom('d1', 'd2'),
      hour: fc.nat(24 * 60),
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(24 * 20)),
    }),
    { minLength: 150, maxLength: 350, size: 'max' },
  )
  .map((steps) =>
    steps
      .toSorted((a, b) => a.hour + a.late - (b.hour + b.late))
      .map(({ user, device, hour, late }, i) =>
        event({
          ...(user === undefined ? {} : { user }),
          device,
          event_id: `e${i}`,
          content_hash: 'same',
          occurred_at: T0 + hour * HOUR,
          received_at: T0 + (hour + late) * HOUR,
        }),
      ),
  );

/** The keys of what is held of a device, from the first claim of it that is kept on. */
function heldSinceClaims(table: TableReader, device: string): readonly string[] {
  const group = `held.${device}:`;
  const since = timeIn(deviceRow(table, device).since || '0');
  return [...table.range(group, `${group}\u{10ffff}`)]
    .filter(([key]) => timeIn(key.slice(group.length)) >= since)
    .map(([key]) => eventIn(key, group));
}

test('with few claims kept of a device, what is held of it since the first of them is whose a batch says', () => {
  let pruned = 0;
  fc.assert(
    fc.property(shared, (history) => {
      const { activity, identify } = streamed(history, KEPT);
      const { owners, faults } = replay(activity, batchLeads(eventsOf(history)));
      expect(faults.filter((fault) => !LEFT_BEHIND.test(fault))).toEqual([]);
      const events = eventsOf(history);
      const expected = batchOwners(events);
      for (const one of ['d1', 'd2']) {
        const device = identifier('anonymous', one, sha256);
        if (deviceRow(identify, device).since !== '') pruned += 1;
        const held = heldSinceClaims(identify, device);
        expect(ownersOf(owners, held)).toEqual(ownersOf(expected, held));
      }
    }),
    { numRuns: 100 },
  );
  expect(pruned).toBeGreaterThan(50);
}, 120_000);
