import { FoldMachine } from '#lib/flow/fold-machine';
import type { Log, LogRecord } from '#lib/flow/log';
import { comparePositions, type Position, START, type TopicPartition } from '#lib/flow/position';
import { readable } from '#lib/flow/readable';
import type { Store } from '#lib/flow/store';
import type { Restored } from '#lib/flow/task';
import type { FoldTopology } from '#lib/flow/topology';

export interface RefoldOptions {
  readonly chain: readonly FoldTopology[];
  readonly log: Log;
  readonly input: TopicPartition;
  /** A commit holds at most so many records and steps. */
  readonly maxRecords: number;
  readonly maxSteps: number;
  /** Told first with nothing done. */
  readonly onProgress: (progress: Restored) => void;
}

/**
 * Brings a store that is behind to `target`, a committed position: folds what lies between again, with emission off. Ends
 * early, at a position that the store has, when `signal` is aborted.
 */
export async function refold(
  options: RefoldOptions,
  into: Store,
  target: Position,
  signal: AbortSignal,
): Promise<void> {
  const { chain, log, input } = options;
  let position = storedPosition(into);
  if (comparePositions(position, target) >= 0) return;
  const from = position.offset;
  const total = target.offset - from;
  options.onProgress({ done: 0, total });
  const reader = log.reader(input, position.cursor > 0 ? position.offset + 1 : position.offset);
  const machine = new FoldMachine(chain, into, position, into.room);
  try {
    /** Read, the next one last. */
    let queue: LogRecord[] = [];
    let before = into.positions();
    while (comparePositions(position, target) < 0 && !signal.aborted) {
      for (let steps = 0; steps < options.maxSteps && comparePositions(machine.position, target) < 0; steps++) {
        if (!machine.busy) {
          if (queue.length === 0) {
            if (steps > 0) break;
            queue = (await reader.next(options.maxRecords, signal)).toReversed();
          }
          const record = queue.pop();
          if (record === undefined) break;
          machine.begin(record.offset, readable(record));
        }
        machine.step();
      }
      const after = [{ ...input, position: machine.position }];
      await into.commit(machine.changes(), after, before);
      before = after;
      machine.committed();
      position = machine.position;
      options.onProgress({ done: position.offset - from, total });
    }
  } finally {
    machine.close();
    await reader.close();
  }
}

/** What a fold's store is the fold of. */
export function storedPosition(store: Store): Position {
  return store.positions()?.[0]?.position ?? START;
}
