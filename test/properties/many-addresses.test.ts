import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { identifier } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { batchAddresses } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { eventsOf } from '#test/given/batch/scores';
import { DAY, event, T0 } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';
import { identityOf } from '#test/oracle/identity';
import type { Reported } from '#test/oracle/reported';

const LINKS = 104;
const addressOf = (n: number) => `a${n}@x.org`;

/** Users and addresses in a chain, each named with the next: all of them turn out to be one lead. */
const chain: readonly EventMessage[] = Array.from({ length: 2 * LINKS }, (_, n) =>
  event({
    user: `u${Math.ceil(n / 2)}`,
    email: addressOf(Math.floor(n / 2)),
    event_id: `e${n}`,
    occurred_at: T0 - DAY / 2 + n,
    received_at: T0,
  }),
);

function logOf(events: readonly EventMessage[]): readonly ActivityMessage[] {
  const running = drive([createIdentifyTopology(IDENTIFY), ANSWERING], () => 1);
  for (const message of events) running.publish(TOPICS.events, message, T0);
  return running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
}

/** What the oracle says are the addresses of everybody, as identifiers in order. */
function oracleAddresses(): readonly string[] {
  const reported = eventsOf(chain).map((one) => ({
    ...{ source: one.publisher, id: one.event_id, name: one.name, at: one.occurred_at, device: null, previous: null },
    ...{ user: one.personal.user_id, email: one.personal.email, traits: {}, properties: {}, path: null, agent: null },
    ...{ campaignSource: null, campaignMedium: null, campaignName: null },
  })) satisfies readonly Reported[];
  return [...identityOf(reported).addresses.values()]
    .flatMap((all) => [...all])
    .map((one) => identifier('email', one.slice('email:'.length), sha256))
    .sort();
}

test('of a lead of more than a hundred addresses the same hundred are told, in any order of reports, and never more at once', () => {
  const expected = oracleAddresses();
  expect(expected).toHaveLength(100);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constant(chain),
        fc.constant(chain.toReversed()),
        fc.shuffledSubarray([...chain], { minLength: chain.length }),
      ),
      (order) => {
        const log = logOf(order);
        const { addresses, faults } = replay(log);
        expect(faults).toEqual([]);
        const [[, told] = []] = batchAddresses(eventsOf(chain));
        expect(told).toEqual(expected);
        // Its id depends on who was logged first.
        const last = log.at(-1);
        expect(last?.type).toBe('Activity');
        expect(addresses.get(last?.type === 'Activity' ? last.value.lead_id : '')).toEqual(expected);
        const most = Math.max(
          ...log.map(({ type, value }) => (type === 'AddressesChanged' ? value.addresses.length : 0)),
        );
        expect(most).toBe(100);
      },
    ),
    { numRuns: 4, examples: [[chain], [chain.toReversed()]] },
  );
}, 120_000);
