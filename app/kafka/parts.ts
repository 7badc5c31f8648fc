/** What an instance may run, in the order in which data flows. */
export const PARTS = ['collect', 'identify', 'score', 'stage', 'trigger', 'handoff', 'analyze', 'dashboard'] as const;

export type Part = (typeof PARTS)[number];

/** Folds that may run chained in one task, records passing in memory: the same outputs, faster. */
export const CHAIN = 'score+stage+trigger';

export type Runnable = Part | typeof CHAIN;

export const RUNNABLE: readonly Runnable[] = [...PARTS, CHAIN];

export function isRunnable(name: string): name is Runnable {
  return (RUNNABLE as readonly string[]).includes(name);
}
