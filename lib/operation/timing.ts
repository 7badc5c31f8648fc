import type { TaskPhase } from '#lib/flow/task';

/** How long a task runs and commits one batch. */
export interface Timing {
  turned(to: TaskPhase): void;
  /** Ends the batch. ms: `folding` without the waits in between, and `committing`. */
  committed(): { readonly folding: number; readonly committing: number };
}

/** `now` in ms, never going back. */
export function createTiming(now: () => number): Timing {
  let phase: TaskPhase | undefined;
  let since = 0;
  let folding = 0;
  return {
    turned(to) {
      const at = now();
      if (phase === 'folding') folding += at - since;
      phase = to;
      since = at;
    },
    committed() {
      const batch = { folding, committing: now() - since };
      folding = 0;
      phase = undefined;
      return batch;
    },
  };
}
