import type { InForce, Models } from '#lib/model/in-force';
import type { ScoringRule } from '#lib/model/model';
import { contributionsOf, type Pricing, scoreOf } from '#services/score/contributions';
import { type Counted, countedAt } from '#services/score/counted';
import { createCourse } from '#services/score/course';
import { leavesBand } from '#services/score/crossing';
import { type LeadScore, NOTHING } from '#services/score/state';

/** What a score will do from a time on if nothing more happens. Times in ms since 1970 UTC. */
export interface Outlook {
  /** The largest changes within 7 days, largest first, at most 3. */
  readonly next: readonly Change[];
  /** Absences that will count, soonest first, at most 3. */
  readonly waiting: readonly Waiting[];
  /** When the score falls below each level of the stages that it is at or above, or rises to one that it is below; soonest first. */
  readonly thresholds: readonly ThresholdAhead[];
  readonly in_7_days: number;
  readonly in_30_days: number;
}

export interface Change {
  readonly event_id: string;
  readonly rule: string;
  /** Now, after caps. */
  readonly points: number;
  readonly in_7_days: number;
  /** The last moment at which it counts; null if that is more than 7 days away. */
  readonly ends_at: number | null;
}

export interface Waiting {
  readonly rule: string;
  readonly event_id: string;
  /** When it will count. */
  readonly at: number;
  readonly points: number;
}

export interface ThresholdAhead {
  /** The stage to which a move leads that asks for the score. */
  readonly stage: string;
  readonly score: number;
  readonly direction: 'falls_below' | 'rises_to';
  readonly at: number;
}

const DAY = 86_400_000;
const AT_MOST = 3;

export function outlook(state: LeadScore | undefined, inForce: InForce, models: Models, at: number): Outlook {
  const model = models.current(inForce);
  const { matches } = state ?? NOTHING;
  const pricing: Pricing = { modelOf: (version) => models.of(inForce, version), scoring: model?.scoring };
  const everCounted = countedAt(matches, Infinity, 'inclusive', pricing.modelOf);
  const priced = (time: number) =>
    contributionsOf(
      everCounted.filter(({ from, rule }) => from <= time && time - from <= rule.expiresAfter),
      time,
      pricing.scoring,
    );
  const now = priced(at);
  const inAWeek = priced(at + 7 * DAY);
  const nameOf = ({ event_id, rule, occurred_at }: (typeof now)[number]) => `${rule} ${event_id} ${occurred_at}`;
  const later = new Map(inAWeek.map((one) => [nameOf(one), one.points]));
  const course = createCourse(everCounted, at, pricing.scoring);
  const scoreAt = (time: number) => scoreOf(priced(time));
  const score = scoreOf(now);

  const next = now
    .map((one): Change => {
      const { event_id, rule, points, occurred_at } = one;
      const ends = occurred_at + (pricing.modelOf(one.model_version).scoring.rule(rule)?.expiresAfter ?? Infinity);
      return {
        ...{ event_id, rule, points, in_7_days: later.get(nameOf(one)) ?? 0 },
        ends_at: ends <= at + 7 * DAY ? ends : null,
      };
    })
    .filter((change) => change.in_7_days !== change.points)
    .sort((a, b) => Math.abs(b.in_7_days - b.points) - Math.abs(a.in_7_days - a.points));

  const thresholds = levelsOf(model?.stages.moves ?? [])
    .flatMap(({ stage, level }): ThresholdAhead[] => {
      const above = score >= level;
      const [from, to] = above ? [level, Infinity] : [-Infinity, level];
      const crossed = leavesBand(course, scoreAt, at, from, to);
      const direction = above ? 'falls_below' : 'rises_to';
      return crossed === undefined ? [] : [{ stage, score: level, direction, at: crossed }];
    })
    .sort((a, b) => a.at - b.at);

  return {
    next: next.slice(0, AT_MOST),
    waiting: everCounted
      .filter((one) => isAbsence(one) && one.from > at)
      .map(waitingOf)
      .slice(0, AT_MOST),
    thresholds,
    in_7_days: scoreOf(inAWeek),
    in_30_days: scoreAt(at + 30 * DAY),
  };
}

function isAbsence({ rule }: { readonly rule: ScoringRule }): boolean {
  return rule.absence !== undefined;
}

function waitingOf({ match, rule, from }: Counted): Waiting {
  return { rule: rule.id, event_id: match.event_id, at: from, points: rule.points };
}

interface Level {
  readonly stage: string;
  readonly level: number;
}

/** The scores that moves ask for, each once per stage they lead to. */
function levelsOf(
  moves: readonly { readonly to: string; readonly when: readonly { readonly kind: string }[] }[],
): Level[] {
  const levels = new Map<string, Level>();
  for (const { to, when } of moves) {
    for (const condition of when) {
      const level =
        'atLeast' in condition && condition.kind === 'score'
          ? condition.atLeast
          : 'below' in condition && condition.kind === 'score_below'
            ? condition.below
            : undefined;
      if (typeof level === 'number') levels.set(`${to} ${level}`, { stage: to, level });
    }
  }
  return [...levels.values()];
}
