/** Runs one piece of work at a time, in the order asked for. */
export interface Turns {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when everything asked for so far is over. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run<Result>(work: () => Promise<Result>): Promise<Result> {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    async idle(): Promise<void> {
      await last;
    },
  };
}
