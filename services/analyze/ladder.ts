/** The ladder that the funnel climbs; dormant, recycled and disqualified are beside it. */
export const LADDER: readonly string[] = ['visitor', 'lead', 'mql', 'sql', 'opportunity', 'customer'];

/** The first time that a lead was in a stage, or in a later one of the ladder. */
export interface Reached {
  readonly stage: string;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
}

/** Marks a stage as reached, and with it the stages of the ladder below it; the first time counts. */
export function reach(reached: readonly Reached[], stage: string, day: number): readonly Reached[] {
  if (hasReached(reached, stage)) return reached;
  const rung = LADDER.indexOf(stage);
  const stages = rung < 0 ? [stage] : LADDER.slice(0, rung + 1);
  const fresh = stages.filter((one) => !hasReached(reached, one));
  return [...reached, ...fresh.map((one) => ({ stage: one, day }))];
}

function hasReached(reached: readonly Reached[], stage: string): boolean {
  for (const one of reached) if (one.stage === stage) return true;
  return false;
}

/** The UTC day of a time, in days since 1970-01-01. */
export function dayOf(time: number): number {
  return Math.floor(time / 86_400_000);
}
