import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventMessage } from '#schemas/topics';
import { pairedBy } from '#test/given/arrivals';
import { arrivals } from '#test/given/batch/arrivals';
import { batchAddresses, batchLeads, batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { streamed } from '#test/given/batch/run';
import { batchScores, eventsOf } from '#test/given/batch/scores';
import { DAY, T0 } from '#test/given/event';
import { crowds, identityHistories, STRANGERS, TOWN } from '#test/given/identity-history';

/** Days after the first at which scores are compared: while it happens, just after, and long after. */
const LOOKS = [10, 61, 200, 430].map((days) => T0 + days * DAY);

/** A history, and two orders in which it may come. */
function twice(histories: fc.Arbitrary<readonly EventMessage[]>) {
  return histories.chain((history) => fc.tuple(fc.constant(history), arrivals(history), arrivals(history)));
}

function holds(history: readonly EventMessage[], ...orders: readonly (readonly EventMessage[])[]): void {
  const grouped = batchOwners(eventsOf(history));
  for (const order of orders) {
    const owners = batchOwners(eventsOf(order));
    const scores = batchScores(eventsOf(order), owners, LOOKS);
    const { activity, scoreOf } = streamed(order);
    const replayed = replay(activity, batchLeads(eventsOf(order)));
    expect(replayed.faults).toEqual([]);
    expect(new Map([...replayed.owners].sort())).toEqual(new Map([...owners].sort()));
    expect(pairedBy(grouped, replayed.owners).size).toBe(new Set(grouped.values()).size);
    const addresses = batchAddresses(eventsOf(order));
    for (const lead of new Set(owners.values())) {
      expect([lead, replayed.addresses.get(lead) ?? []]).toEqual([lead, addresses.get(lead) ?? []]);
    }
    for (const [lead, expected] of scores) {
      for (const [i, at] of LOOKS.entries()) expect(scoreOf(lead, at)).toBeCloseTo(expected[i] ?? Number.NaN, 8);
    }
  }
}

test('people of one identifier each: whoever used a device when, in any order, as a batch has it', () => {
  fc.assert(
    fc.property(twice(identityHistories(STRANGERS, 25)), ([history, one, other]) => holds(history, one, other)),
    { numRuns: 1000 },
  );
}, 120_000);

test('people who turn out to be one, or not: leads, owners and scores in any order, as a batch has it', () => {
  fc.assert(
    fc.property(twice(identityHistories(TOWN, 25)), ([history, one, other]) => holds(history, one, other)),
    { numRuns: 1000 },
  );
}, 120_000);

test('an address that too many share: leads, owners and scores in any order, as a batch has it', () => {
  fc.assert(
    fc.property(twice(crowds()), ([history, one, other]) => holds(history, one, other)),
    { numRuns: 100 },
  );
}, 120_000);
