import type { Engine } from '#app/embedded/engine';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import type { Task } from '#lib/flow/task';
import { TOPICS } from '#schemas/topics';

/** A pipeline in which nothing moves. */
export interface StandStill {
  /** The log as far as the tables have it: publishers go on, and some of what they send is dead letters. */
  readonly log: Log;
  /** Everything goes on. */
  release(): void;
}

const LOOK_AGAIN = 5;

/**
 * Waits until all that was logged by now is worked off, and holds the tasks that would take in more: identify and the
 * readers of dead letters. Rejects if `signal` is aborted or the pipeline fails; then everything goes on.
 */
export async function standStill(engine: Engine, signal: AbortSignal): Promise<StandStill> {
  const { log, supervisor, identify, analyze } = engine;
  const releases = [await supervisor.hold(identify)];
  const release = () => {
    for (const goOn of releases.splice(0)) goOn();
  };
  try {
    const positions: InputPosition[] = [];
    for (const task of analyze) {
      if (!(await readsDeadLetters(task, engine, signal))) continue;
      releases.push(await supervisor.hold(task));
      positions.push(...(task.positions() ?? []));
    }
    await supervisor.idle(signal);
    signal.throwIfAborted();
    return { log: endingAt(log, positions), release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Resolves when the task is open; if it reads dead letters, when it has read all that are there now. */
async function readsDeadLetters(task: Task, { log, supervisor }: Engine, signal: AbortSignal): Promise<boolean> {
  let end: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const [input] = task.positions() ?? [];
    if (input !== undefined) {
      if (input.topic !== TOPICS.deadLetters) return false;
      end ??= await log.end(input);
      if (input.position.offset >= end) return true;
    }
    await Promise.race([systemClock.sleep(LOOK_AGAIN, signal), supervisor.failed]);
  }
}

/** The log as it was when it ended at these positions; other partitions as they are. */
function endingAt(log: Log, positions: readonly InputPosition[]): Log {
  return {
    ...log,
    end: async (at) => {
      const held = positions.find(({ topic, partition }) => topic === at.topic && partition === at.partition);
      return held?.position.offset ?? (await log.end(at));
    },
  };
}
