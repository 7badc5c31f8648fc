import type { Findings } from '#app/verify/compare';
import { readTopic } from '#app/verify/topic';
import { type Emitted, FoldMachine } from '#lib/flow/fold-machine';
import type { Log } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import type { TableReader } from '#lib/flow/store';
import { endOf, Overlay } from '#lib/flow/table';
import { type FoldTopology, topicsOf } from '#lib/flow/topology';

const BATCH = 20_000;

/**
 * Runs a chain of folds over one partition from its beginning, and compares every record that it gives with the one in
 * the log, and the state at the end with the store; `recomputed` is called with that state. Returns how many records were
 * compared.
 */
export async function verifyFolds(
  chain: readonly FoldTopology[],
  partition: number,
  log: Log,
  store: TableReader | undefined,
  findings: Findings,
  signal: AbortSignal,
  recomputed: (table: TableReader) => void = () => {},
): Promise<number> {
  const table = new Overlay();
  const [first] = chain;
  if (first === undefined) return 0;
  const written = new Map(
    chain.flatMap(topicsOf).map((topic) => [topic, readTopic<unknown>(log, { topic, partition }, signal)]),
  );
  let compared = 0;

  async function check({ topic, value }: Emitted): Promise<void> {
    const next = topic === undefined ? undefined : await written.get(topic)?.next();
    if (topic === undefined || next === undefined) return;
    compared++;
    if (next.done === true) findings.add(`${topic}/${partition}`, nameOf(value), undefined, value);
    else findings.compare(`${topic}/${partition}`, `offset ${next.value.offset}`, next.value.value, value);
  }

  await replay(chain, partition, log, table, signal, check);
  for (const [topic, records] of written) {
    for (let rest = await records.next(); rest.done === false; rest = await records.next()) {
      findings.add(`${topic}/${partition}`, `offset ${rest.value.offset}`, rest.value.value, undefined);
    }
  }
  recomputed(table);
  if (store !== undefined) compareTables(chain.map(({ service }) => service).join('+'), store, table, findings);
  return compared;
}

/** Feeds all records of the chain's input to the folds, on `table`; calls `each` with every output in order. */
export async function replay(
  chain: readonly FoldTopology[],
  partition: number,
  log: Log,
  table: Overlay,
  signal: AbortSignal,
  each: (emitted: Emitted) => Promise<void> | void,
  endOfBatch: (machine: FoldMachine) => void = () => {},
): Promise<void> {
  const input = chain[0]?.input ?? '';
  const machine = new FoldMachine(chain, table, START);
  let records = 0;
  const end = () => {
    endOfBatch(machine);
    table.apply(machine.changes());
    machine.committed();
  };
  for await (const { offset, value } of readTopic<unknown>(log, { topic: input, partition }, signal)) {
    machine.begin(offset, value);
    while (machine.busy) for (const emitted of machine.step()) await each(emitted);
    if (++records % BATCH === 0) end();
  }
  end();
}

/** What leads, their items and all that they share look like; the index of wake-ups follows from the leads. */
const STATE_PREFIXES = ['s', 'i', 'c'];

export function compareTables(where: string, stored: TableReader, recomputed: TableReader, findings: Findings): void {
  for (const prefix of STATE_PREFIXES) {
    const theirs = stored.range(prefix, endOf(prefix))[Symbol.iterator]();
    const ours = recomputed.range(prefix, endOf(prefix))[Symbol.iterator]();
    let their = theirs.next();
    let our = ours.next();
    while (!their.done || !our.done) {
      const [theirKey] = their.done ? [undefined] : their.value;
      const [ourKey] = our.done ? [undefined] : our.value;
      if (theirKey !== undefined && theirKey === ourKey) {
        findings.compare(`store ${where}`, theirKey, plain(their.value), plain(our.value));
        their = theirs.next();
        our = ours.next();
      } else if (ourKey === undefined || (theirKey !== undefined && theirKey < ourKey)) {
        findings.add(`store ${where}`, theirKey ?? '', plain(their.value), undefined);
        their = theirs.next();
      } else {
        findings.add(`store ${where}`, ourKey, undefined, plain(our.value));
        our = ours.next();
      }
    }
  }
}

/** A lead's state without where the index has it: that depends on how far its batch went. */
function plain(entry: readonly [string, unknown] | undefined): unknown {
  const value = entry?.[1];
  if (typeof value !== 'object' || value === null || !('state' in value)) return value;
  return 'wakeAt' in value && value.wakeAt !== undefined
    ? { state: value.state, wakeAt: value.wakeAt }
    : { state: value.state };
}

function nameOf(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}
