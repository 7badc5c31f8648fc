import { isDeepStrictEqual } from 'node:util';
import { type KeptRecord, readTopic } from '#app/verify/topic';
import { FlowError } from '#lib/flow/errors';
import { type Emitted, FoldMachine } from '#lib/flow/fold-machine';
import type { Log } from '#lib/flow/log';
import { type Position, START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import { type FoldTopology, topicsOf } from '#lib/flow/topology';

/** Records after which the state that is recomputed takes in what has changed. */
const BATCH = 20_000;

/**
 * Where a chain of folds stopped in its input partition: right before the first step that gives a record which its output
 * topics do not hold. Recomputes from the beginning. Rejects if what is written is not what the folds give.
 */
export async function positionOfFold(
  chain: readonly FoldTopology[],
  partition: number,
  log: Log,
  signal: AbortSignal,
  onRecord: () => void,
): Promise<Position> {
  const written = new Map<string, Peekable<KeptRecord<unknown>>>();
  for (const topic of chain.flatMap(topicsOf)) {
    written.set(topic, await peekable(readTopic<unknown>(log, { topic, partition }, signal)));
  }
  const writtenAs = ({ topic }: Emitted) => (topic === undefined ? undefined : written.get(topic));
  const table = new Overlay();
  const machine = new FoldMachine(chain, table, START);
  let before = machine.position;
  let records = 0;
  const input = { topic: chain[0]?.input ?? '', partition };
  for await (const { offset, value } of readTopic<unknown>(log, input, signal)) {
    machine.begin(offset, value);
    before = machine.position;
    while (machine.busy) {
      const emitted = machine.step();
      const isMissing = (records: Peekable<unknown> | undefined) => records !== undefined && records.head === undefined;
      if (emitted.some((output) => isMissing(writtenAs(output)))) return before;
      for (const output of emitted) {
        const records = writtenAs(output);
        if (records?.head === undefined) continue;
        if (!isDeepStrictEqual(records.head.value, output.value)) throw notOurs(records.head);
        await records.take();
      }
      before = machine.position;
    }
    onRecord();
    if (++records % BATCH === 0) {
      table.apply(machine.changes());
      machine.committed();
    }
  }
  return before;
}

interface Peekable<Value> {
  /** The next record; undefined at the end. */
  head: Value | undefined;
  take(): Promise<void>;
}

async function peekable<Value>(records: AsyncGenerator<Value>): Promise<Peekable<Value>> {
  const peeking: Peekable<Value> = {
    head: undefined,
    async take() {
      const next = await records.next();
      peeking.head = next.done === true ? undefined : next.value;
    },
  };
  await peeking.take();
  return peeking;
}

function notOurs({ topic, partition, offset }: KeptRecord<unknown>): FlowError {
  return new FlowError(
    'position_lost',
    `${topic}/${partition} offset ${offset} is not what the fold gives on its input: was it written by another version, or are records of its input gone?`,
    { retriable: false },
  );
}
