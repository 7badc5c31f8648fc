import { isDeepStrictEqual } from 'node:util';
import { type Emitted, FoldMachine } from '#lib/flow/fold-machine';
import { comparePositions, type Position, START } from '#lib/flow/position';
import { storedPosition } from '#lib/flow/refold';
import { foldTaskName } from '#lib/flow/start-over';
import { Overlay } from '#lib/flow/table';
import { topicsOf } from '#lib/flow/topology';
import type { Broker } from '#test/simulation/broker/broker';
import { lostWakeUp, tableDifference } from '#test/simulation/check/tables';
import type { Chain } from '#test/simulation/hosting';
import type { Evidence, StoreView } from '#test/simulation/workload';

/** Holds a chain's outputs and stores against a plain recomputation of its input. Returns what differs. */
export function checkFolds({ broker, stores }: Evidence, chain: Chain): string[] {
  return broker
    .topic(chain[0].input)
    .flatMap((_, partition) => checkFold(broker, chain, partition, stores(foldTaskName(chain, partition))));
}

function checkFold(broker: Broker, chain: Chain, partition: number, stores: readonly StoreView[]): string[] {
  const name = foldTaskName(chain, partition);
  const problems: string[] = [];
  const end = broker.positions(name).get(`${chain[0].input}/${partition}`)?.position ?? START;
  const left = [...stores].sort((a, b) => comparePositions(storedPosition(a.store), storedPosition(b.store)));
  for (const { owner, instance, store } of left) {
    if (owner && comparePositions(storedPosition(store), end) !== 0) {
      problems.push(`${name} on ${instance}: the owner's store is not where the log is`);
    }
  }
  const outputs = new Map(chain.flatMap(topicsOf).map((topic) => [topic, [] as unknown[]]));
  const table = new Overlay();

  /** Compares the stores that are the fold up to here. */
  const compare = (position: Position) => {
    for (let view = left[0]; view !== undefined; view = left[0]) {
      if (comparePositions(storedPosition(view.store), position) > 0) return;
      const where = `the store of ${name} on ${view.instance} at ${position.offset}+${position.cursor}`;
      if (comparePositions(storedPosition(view.store), position) < 0) problems.push(`${where}: no step ends there`);
      const difference = tableDifference(view.store, table) ?? lostWakeUp(view.store, chain.length);
      if (difference !== undefined) problems.push(`${where}: ${difference}`);
      left.shift();
    }
  };

  recompute(chain, { broker, partition, table }, compare, ({ topic, value }) => {
    if (topic !== undefined) outputs.get(topic)?.push(value);
  });
  for (const { instance } of left) problems.push(`the store of ${name} on ${instance} is ahead of its input`);
  for (const [topic, expected] of outputs) {
    const written = broker.partition({ topic, partition }).visible.map(({ value }) => value);
    const difference = firstDifference(written, expected);
    if (difference !== undefined) problems.push(`${topic}/${partition}: ${difference}`);
  }
  return problems;
}

/** Runs a chain over one partition, one step at a time. `reached`: told each position, with the table as of then. */
function recompute(
  chain: Chain,
  { broker, partition, table }: { readonly broker: Broker; readonly partition: number; readonly table: Overlay },
  reached: (position: Position) => void,
  emitted: (one: Emitted) => void,
): void {
  const machine = new FoldMachine(chain, table, START);
  reached(START);
  for (const { offset, value } of broker.partition({ topic: chain[0].input, partition }).visible) {
    machine.begin(offset, value);
    while (machine.busy) {
      for (const one of machine.step()) emitted(one);
      table.apply(machine.changes());
      machine.committed();
      reached(machine.position);
    }
  }
}

/** Where two lists first differ. */
export function firstDifference(written: readonly unknown[], expected: readonly unknown[]): string | undefined {
  for (let i = 0; i < Math.max(written.length, expected.length); i++) {
    if (isDeepStrictEqual(written[i], expected[i])) continue;
    return `record ${i} is ${JSON.stringify(written[i])}, not ${JSON.stringify(expected[i])}`;
  }
  return undefined;
}
