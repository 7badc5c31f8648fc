/** The rules of the bench, simpler than a model and the same in java/Rules.java: change both. Durations in ms. */
export const POINTS: ReadonlyMap<string, number> = new Map([
  ['page_viewed', 1],
  ['email_opened', 2],
  ['email_clicked', 5],
  ['asset_downloaded', 10],
  ['webinar_registered', 15],
  ['form_submitted', 20],
  ['trial_started', 30],
]);

export const DAY = 24 * 60 * 60 * 1000;
/** A score halves in so long. */
const HALF_LIFE = 14 * DAY;
const DECAY = Math.LN2 / HALF_LIFE;
/** A lead gets at most one trigger in so long. */
export const TRIGGER_PAUSE = 7 * DAY;
export const MODEL = 'bench-1';

export interface Level {
  readonly stage: string;
  /** Points. */
  readonly enter: number;
  readonly leave: number;
  readonly entered: string;
  readonly left: string;
}

/** From the lowest on; below the first one a lead is a visitor. */
export const LEVELS: readonly Level[] = [
  { stage: 'engaged', enter: 10, leave: 6, entered: 'score from 10', left: 'score below 6' },
  { stage: 'mql', enter: 40, leave: 25, entered: 'score from 40', left: 'score below 25' },
  { stage: 'sales_ready', enter: 80, leave: 60, entered: 'score from 80', left: 'score below 60' },
];

/** What is left of a score after `elapsed` ms. Java's StrictMath.exp gives the same bits: both are fdlibm's. */
export function decayed(score: number, elapsed: number): number {
  return elapsed <= 0 ? score : score * Math.exp(-DECAY * elapsed);
}

/** Points as they are published. */
export function rounded(points: number): number {
  return Math.round(points * 1e9) / 1e9;
}

export function stageAt(level: number): string {
  return LEVELS[level - 1]?.stage ?? 'visitor';
}
