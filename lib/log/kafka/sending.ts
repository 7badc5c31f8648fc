import type { Clock } from '#lib/flow/ports';
import { typeOf } from '#lib/log/kafka/failure';

/** Sends a request, and again while what the broker answers passes by itself. */
export type Sending = <Answer>(send: () => Promise<Answer>) => Promise<Answer>;

/**
 * What passes, and how often it is tried again: the transaction before is being settled, a coordinator starts or moves (which
 * a partition's leader calls NOT_ENOUGH_REPLICAS), a new partition's leader does not know it yet. 60 tries are about ten
 * seconds, 10 a quarter of one: a leader that stays away has moved, and whoever opens anew finds it.
 */
const TRIES: ReadonlyMap<string, number> = new Map([
  ['CONCURRENT_TRANSACTIONS', 60],
  ['COORDINATOR_LOAD_IN_PROGRESS', 60],
  ['COORDINATOR_NOT_AVAILABLE', 30],
  ['NOT_COORDINATOR', 30],
  ['NOT_ENOUGH_REPLICAS', 60],
  ['NOT_LEADER_OR_FOLLOWER', 10],
  ['UNKNOWN_TOPIC_OR_PARTITION', 10],
]);
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 200;

export function createSending(clock: Clock): Sending {
  return async (send) => {
    for (let attempt = 1, pause = FIRST_PAUSE; ; attempt++, pause = Math.min(LONGEST_PAUSE, 1.5 * pause)) {
      try {
        return await send();
      } catch (thrown) {
        if (attempt > (TRIES.get(typeOf(thrown) ?? '') ?? 0)) throw thrown;
        await clock.sleep(pause);
      }
    }
  };
}
