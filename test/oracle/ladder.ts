import type { Ladder, Move } from '#test/oracle/model';
import { durationOf } from '#test/oracle/model';
import type { Fields } from '#test/oracle/reported';

/** What a lead's stage is judged on. */
export interface Standing {
  readonly at: number;
  readonly stage: string;
  /** When it was entered. */
  readonly since: number;
  readonly isKnown: boolean;
  readonly score: number;
  /** Asked for only where a move does. */
  grade(): string;
  /** When the lead last did something of its own; undefined: it never did. */
  readonly ownAt: number | undefined;
  /** The behaviour at hand, and whether it is the lead's own. */
  readonly behaviour: string | undefined;
  readonly isOwn: boolean;
  /** The stages that it has been in so far, the present one too. */
  readonly been: ReadonlySet<string>;
  /** Whether a behaviour that came along from another owner is what a move asks for. */
  came(names: readonly string[]): boolean;
}

export interface StageStep {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

/** What a lead climbs: moves are tried from the top, after each one again from the top, and each is made once at most. */
export function climb(ladder: Ladder, standing: Standing): readonly StageStep[] {
  const steps: StageStep[] = [];
  const been = new Set(standing.been);
  let { stage, since } = standing;
  for (;;) {
    const made = new Set(steps.map(({ rule }) => rule));
    const move = ladder.moves.find(
      (one) => !made.has(one.id) && one.from.includes(stage) && holds(one, { ...standing, stage, since, been }, ladder),
    );
    if (move === undefined) return steps;
    steps.push({ rule: move.id, from: stage, to: move.to, at: standing.at });
    stage = move.to;
    been.add(stage);
    since = standing.at;
  }
}

/** The durations of a kind that the moves out of a stage ask for, ms. */
export function durations(ladder: Ladder, stage: string, kind: 'quiet_for' | 'stayed_for'): readonly number[] {
  return ladder.moves.flatMap(({ from, when }) =>
    from.includes(stage) && when[kind] !== undefined ? [durationOf(when[kind])] : [],
  );
}

/** The levels that moves ask for. */
export function levelsOf(ladder: Ladder): readonly number[] {
  const known = LEVELS.get(ladder);
  if (known !== undefined) return known;
  const levels = ladder.moves.flatMap(({ when }) =>
    [when.score_at_least, when.score_below].flatMap((level) => (level === undefined ? [] : [Number(level)])),
  );
  LEVELS.set(ladder, levels);
  return levels;
}

/** A simulation asks after every report. */
const LEVELS = new WeakMap<Ladder, readonly number[]>();

function holds({ when }: Move, standing: Standing, ladder: Ladder): boolean {
  return Object.keys(when).every((kind) => holdsOne(kind, when, standing, ladder));
}

/** What the lead did long ago and is reported now is no sign of life. */
function isQuiet({ moves }: Ladder, { at, ownAt }: Standing): boolean {
  const waits = moves.flatMap(({ when }) => (when.quiet_for === undefined ? [] : [durationOf(when.quiet_for)]));
  return ownAt !== undefined && waits.some((wait) => at - ownAt >= wait);
}

function holdsOne(kind: string, when: Fields, standing: Standing, ladder: Ladder): boolean {
  const { at, since, ownAt, score, behaviour } = standing;
  switch (kind) {
    case 'identified':
      return standing.isKnown;
    case 'score_at_least':
      return score >= Number(when.score_at_least);
    case 'score_below':
      return score < Number(when.score_below);
    case 'grade_at_least':
      return standing.grade() !== '' && standing.grade() <= String(when.grade_at_least);
    case 'grade_below':
      return standing.grade() !== '' && standing.grade() > String(when.grade_below);
    case 'disqualified':
      return false;
    case 'been_in':
      return textsOf(when.been_in).some((stage) => standing.been.has(stage));
    case 'on': {
      const names = textsOf(when.on);
      return (behaviour !== undefined && names.includes(behaviour)) || standing.came(names);
    }
    case 'quiet_for':
      return ownAt !== undefined && at - ownAt >= durationOf(when.quiet_for);
    case 'stayed_for':
      return at - since >= durationOf(when.stayed_for);
    case 'active':
      return standing.isOwn && !isQuiet(ladder, standing);
    default:
      throw new Error(`the oracle does not know the condition ${kind}`);
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
