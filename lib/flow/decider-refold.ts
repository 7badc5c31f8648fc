import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Log, LogRecord } from '#lib/flow/log';
import { mergeBySeq } from '#lib/flow/merge';
import { type InputPosition, START, type TopicPartition } from '#lib/flow/position';
import type { Store } from '#lib/flow/store';
import type { Restored } from '#lib/flow/task';
import type { DeciderTopology } from '#lib/flow/topology';

export interface DeciderRefoldOptions {
  readonly topology: DeciderTopology;
  readonly log: Log;
  /** All partitions of its outputs, in the order of the store's positions. */
  readonly outputs: readonly TopicPartition[];
  /** Told first with nothing done. */
  readonly onProgress: (progress: Restored) => void;
}

/** Records between two commits of the store. */
const BATCH = 5000;

/**
 * Brings a decider's store up to the ends of its outputs: evolves by what it has decided, in the order of the decisions. Ends
 * early, with what the store has by then, when `signal` is aborted.
 */
export async function refoldDecider(
  { topology, log, outputs, onProgress }: DeciderRefoldOptions,
  into: Store,
  ends: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const partitions = (topic: string) => log.partitions(topic);
  const from = outputs.map((output, i) => into.positions()?.[i] ?? { ...output, position: START });
  const readers = from.map((p, i) => ({
    reader: log.reader(p, p.position.offset),
    end: ends[i] ?? 0,
    from: p.position.offset,
  }));
  const behind = readers.filter((r) => r.from < r.end);
  const total = behind.reduce((sum, r) => sum + r.end - r.from, 0);
  const folded = [...from];
  if (total > 0) onProgress({ done: 0, total });
  try {
    let before = into.positions();
    let machine = new DeciderMachine(topology.decider, partitions, into);
    let done = 0;
    for await (const record of mergeBySeq(behind, topology.decider.seqOf, signal)) {
      machine.evolve(record.value);
      const i = outputs.findIndex((o) => o.topic === record.topic && o.partition === record.partition);
      folded[i] = positionAfter(record);
      if (++done % BATCH !== 0) continue;
      await into.commit(machine.changes(), [...folded], before);
      before = [...folded];
      machine = new DeciderMachine(topology.decider, partitions, into);
      onProgress({ done: offsets(folded) - offsets(from), total });
    }
    if (signal.aborted) return;
    await into.commit(machine.changes(), [...folded], before);
    if (total > 0) onProgress({ done: total, total });
  } finally {
    await Promise.all(readers.map(({ reader }) => reader.close()));
  }
}

function positionAfter({ topic, partition, offset }: LogRecord): InputPosition {
  return { topic, partition, position: { offset: offset + 1, cursor: 0 } };
}

function offsets(positions: readonly InputPosition[]): number {
  return positions.reduce((sum, { position }) => sum + position.offset, 0);
}
