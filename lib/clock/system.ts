import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#lib/flow/ports';

/** Longest delay that a timer takes, ms. */
const LONGEST = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    if (signal?.aborted || ms <= 0) return;
    await sleep(Math.min(ms, LONGEST), undefined, signal === undefined ? {} : { signal }).catch(() => {});
  },
};
