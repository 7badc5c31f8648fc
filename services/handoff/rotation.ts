import type { Rep } from '#lib/model/model';

/** Who comes after `last`; the first if that one is no longer there. undefined: there are none. */
export function nextRep(reps: readonly Rep[], last: string): Rep | undefined {
  const index = reps.findIndex((rep) => rep.id === last);
  return reps[(index + 1) % reps.length];
}
