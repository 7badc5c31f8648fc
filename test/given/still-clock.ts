import type { Clock } from '#lib/flow/ports';

/** Time stands still at `now`, ms. Short sleeps end at once, and long ones when they are aborted. */
export function stillClock(now: number): Clock {
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms < 60_000) setImmediate(resolve);
        else signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}
