import type { Outgoing } from '#lib/flow/log';
import type { Broker } from '#test/simulation/broker/broker';
import type { Part } from '#test/simulation/broker/partition';
import { deepFreeze } from '#test/simulation/freeze';
import type { Publication } from '#test/simulation/workload';
import type { World } from '#test/simulation/world';

/** How long a publisher's transaction stays open at most, ms. */
const LONGEST = 6000;

/** Publishers of all kinds: plain ones, those that send again what was not acknowledged, and transactional ones. Returns what is still to come. */
export function publish(world: World, broker: Broker, publications: readonly Publication[]): () => number {
  const { schedule, random } = world;
  let left = publications.length;

  const append = (records: readonly Outgoing[], part?: Part) => appendTo(broker, records, part);

  const inTransaction = (records: readonly Outgoing[], status: 'committed' | 'aborted', then: () => void) => {
    const targets = [...new Set(records.map((record) => broker.partition(record)))];
    const parts = targets.map((target) => ({ target, part: { status: 'open' } as Part }));
    for (const { target, part } of parts)
      append(
        records.filter((record) => broker.partition(record) === target),
        part,
      );
    schedule.after(random.whole(1, LONGEST), `a publisher's transaction is ${status}`, () => {
      for (const { target, part } of parts) target.mark(part, status);
      then();
    });
  };

  for (const { at, records } of publications) {
    deepFreeze(records);
    schedule.after(at, `publish ${records.length}`, () => {
      const published = () => {
        left--;
      };
      const drawn = random.next();
      if (drawn < 0.06) inTransaction(records, 'committed', published);
      else if (drawn < 0.1) {
        inTransaction(records, 'aborted', () => {
          append(records);
          published();
        });
      } else {
        append(records);
        published();
        if (drawn > 0.95) schedule.after(random.whole(1, 1000), 'publish again', () => append(records));
      }
    });
  }
  return () => left;
}

/** Sends the last publication once more. */
export function publishAgain(broker: Broker, publications: readonly Publication[]): void {
  const last = publications.at(-1);
  if (last !== undefined) appendTo(broker, last.records);
}

function appendTo(broker: Broker, records: readonly Outgoing[], part?: Part): void {
  for (const record of records) broker.partition(record).append([record], part);
}
