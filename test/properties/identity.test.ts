import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeadEvent } from '#schemas/generated/records';
import type { EventMessage } from '#schemas/topics';
import { keyOf } from '#test/given/batch/named';
import { batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { streamed } from '#test/given/batch/run';
import { DAY, T0 } from '#test/given/event';
import { arrivals, identityHistories, STRANGERS, TOWN, type Universe } from '#test/given/identity-history';
import { publishedScore } from '#test/given/published-points';

/** Days after the first at which scores are compared: while it happens, just after, and long after. */
const LOOKS = [10, 61, 200, 430].map((days) => T0 + days * DAY);

function eventsOf(history: readonly EventMessage[]): readonly LeadEvent[] {
  return history.flatMap((message) => (message.type === 'LeadEvent' ? [message.value] : []));
}

/** Each lead's scores as the batch has them. */
function batchScores(history: readonly EventMessage[], owners: ReadonlyMap<string, string>): Map<string, number[]> {
  const events = eventsOf(history);
  return new Map(
    [...new Set(owners.values())].map((lead) => {
      const own = events.filter((event) => owners.get(keyOf(event)) === lead);
      return [lead, LOOKS.map((at) => publishedScore(own, at))];
    }),
  );
}

/** A history in two of its orders. */
function twice(universe: Universe, maxLength: number) {
  return identityHistories(universe, maxLength).chain((history) =>
    fc.tuple(fc.constant(history), arrivals(history), arrivals(history)),
  );
}

function holds(history: readonly EventMessage[], ...orders: readonly (readonly EventMessage[])[]): void {
  const owners = batchOwners(eventsOf(history));
  const scores = batchScores(history, owners);
  for (const order of orders) {
    const { activity, scoreOf } = streamed(order);
    const replayed = replay(activity);
    expect(replayed.faults).toEqual([]);
    expect(new Map([...replayed.owners].sort())).toEqual(new Map([...owners].sort()));
    for (const [lead, expected] of scores) {
      for (const [i, at] of LOOKS.entries()) expect(scoreOf(lead, at)).toBeCloseTo(expected[i] ?? Number.NaN, 8);
    }
  }
}

test('people of one identifier each: whoever used a device when, in any order, as a batch has it', () => {
  fc.assert(
    fc.property(twice(STRANGERS, 25), ([history, one, other]) => holds(history, one, other)),
    { numRuns: 1000 },
  );
}, 120_000);

test('people who turn out to be one, or not: leads, owners and scores in any order, as a batch has it', () => {
  fc.assert(
    fc.property(twice(TOWN, 25), ([history, one, other]) => holds(history, one, other)),
    { numRuns: 1000 },
  );
}, 120_000);
