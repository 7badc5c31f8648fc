/** Lets readers wait until something has arrived in a partition. */
export interface Arrivals {
  /** Wakes everyone who waits. */
  notify(): void;
  /** Resolves at the next `notify`, or when `signal` is aborted. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createArrivals(): Arrivals {
  let waiting: (() => void)[] = [];
  return {
    notify() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    wait(signal) {
      return new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const wake = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        const abort = (): void => {
          waiting = waiting.filter((other) => other !== wake);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        waiting.push(wake);
      });
    },
  };
}
