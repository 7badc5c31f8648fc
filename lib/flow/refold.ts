import { FoldMachine } from '#lib/flow/fold-machine';
import type { Log, LogRecord } from '#lib/flow/log';
import { comparePositions, type Position, START, type TopicPartition } from '#lib/flow/position';
import { readable } from '#lib/flow/readable';
import type { Store } from '#lib/flow/store';
import type { FoldTopology } from '#lib/flow/topology';

export interface RefoldOptions {
  readonly chain: readonly FoldTopology[];
  readonly log: Log;
  readonly input: TopicPartition;
  /** A commit holds at most so many records and steps. */
  readonly maxRecords: number;
  readonly maxSteps: number;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Brings a store that is behind to `target`, a committed position: folds what lies between again, with emission off. */
export async function refold(options: RefoldOptions, into: Store, target: Position): Promise<void> {
  const { chain, log, input } = options;
  let position = storedPosition(into);
  if (comparePositions(position, target) >= 0) return;
  const reader = log.reader(input, position.cursor > 0 ? position.offset + 1 : position.offset);
  try {
    let queue: readonly LogRecord[] = [];
    let next = 0;
    const machine = new FoldMachine(chain, into, position);
    while (comparePositions(position, target) < 0) {
      for (let steps = 0; steps < options.maxSteps && comparePositions(machine.position, target) < 0; steps++) {
        if (!machine.busy) {
          if (next === queue.length) {
            if (steps > 0) break;
            queue = await reader.next(options.maxRecords, NEVER);
            next = 0;
          }
          const record = queue[next++];
          if (record !== undefined) machine.begin(record.offset, readable(record));
        }
        machine.step();
      }
      await into.commit(machine.changes(), [{ ...input, position: machine.position }], into.positions());
      machine.committed();
      position = machine.position;
      options.onProgress({ done: position.offset, total: target.offset });
    }
  } finally {
    await reader.close();
  }
}

/** What a fold's store is the fold of. */
export function storedPosition(store: Store): Position {
  return store.positions()?.[0]?.position ?? START;
}

const NEVER = new AbortController().signal;
