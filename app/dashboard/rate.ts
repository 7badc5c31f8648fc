/** Turns totals, seen now and then, into a rate. */
export interface RateMeter {
  /**
   * Notes the total at a time (ms) and gives the growth per second over the last 30 s. 0 until a second has been seen, and
   * again after a gap of more than 30 s: nobody knows when in the gap it grew.
   */
  measure(at: number, total: number): number;
}

interface Sample {
  readonly at: number;
  readonly total: number;
}

const WINDOW = 30_000;
const LEAST = 1000;

export function createRateMeter(): RateMeter {
  let samples: Sample[] = [];
  return {
    measure(at, total) {
      const last = samples.at(-1);
      if (last !== undefined && (at < last.at || total < last.total || at - last.at > WINDOW)) samples = [];
      samples.push({ at, total });
      samples = samples.filter((sample) => sample.at >= at - WINDOW);
      const first = samples[0];
      return first === undefined || at - first.at < LEAST ? 0 : (total - first.total) / ((at - first.at) / 1000);
    },
  };
}
