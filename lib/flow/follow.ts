import type { Log } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import { START } from '#lib/flow/position';
import { refold } from '#lib/flow/refold';
import { settleStateVersion } from '#lib/flow/state-version';
import type { OpenStore, Store } from '#lib/flow/store';
import { keepRunning, type Opened, type Restored, type Task, type TaskObserver } from '#lib/flow/task';
import type { FoldTopology } from '#lib/flow/topology';

export interface FollowOptions {
  readonly topology: FoldTopology;
  readonly partition: number;
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly clock: Clock;
  readonly observer: TaskObserver;
}

/** Bounds of one commit. */
const BATCH = { maxRecords: 2000, maxSteps: 8000 };

/**
 * Keeps a copy of a fold's state, to be asked: it reads what the fold reads and writes nothing to the log, whoever owns the
 * fold's task.
 */
export function followFold(options: FollowOptions): Task {
  const { topology, partition, log, clock, observer } = options;
  const name = `follow-${topology.service}-${partition}`;
  const input = { topic: topology.input, partition };
  let store: Store | undefined;

  async function session(opened: Opened, signal: AbortSignal): Promise<void> {
    const own = await options.openStore(name);
    opened.push(() => own.close());
    await settleStateVersion(own, [topology], [{ ...input, position: START }]);
    const end = await log.end(input);
    const chain = [topology];
    const onProgress = (progress: Restored) => observer.restoring?.(name, progress);
    await refold({ ...BATCH, chain, log, input, onProgress }, own, { offset: end, cursor: 0 }, signal);
    if (signal.aborted) return;
    store = own;
    observer.opened?.(name, { positions: own.positions() ?? [], took: 0 });
    await refold({ ...BATCH, chain, log, input, onProgress: () => {} }, own, ENDLESS, signal);
  }

  return {
    name,
    table: () => store,
    positions: () => store?.positions(),
    run: (signal) =>
      keepRunning(
        name,
        (opened, stopping) => session(opened, stopping).finally(() => (store = undefined)),
        clock,
        observer,
        signal,
      ),
  };
}

const ENDLESS = { offset: Number.POSITIVE_INFINITY, cursor: 0 };
