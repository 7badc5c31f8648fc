import type { Deciding, NextCondition } from '#app/next-stage/answer';
import { formatDuration } from '#lib/model/duration';
import type { Requirement, StageFacts } from '#lib/model/missing';
import type { StageCondition } from '#lib/model/model';

/** A condition of a move in words: what holds, or what is missing. */
export function tellRequirement(
  { condition, met }: Requirement,
  facts: StageFacts,
  scoring: Deciding['scoring'],
): NextCondition {
  return { met, ...told(condition, met, facts, scoring) };
}

type Told = Omit<NextCondition, 'met'>;

function told(when: StageCondition, met: boolean, facts: StageFacts, scoring: Deciding['scoring']): Told {
  const { score, grade, at } = facts;
  switch (when.kind) {
    case 'identified': {
      const text = met ? 'is known by a user id or mail address' : 'a user id or mail address is missing';
      return { condition: 'identified', wants: true, has: facts.known, text };
    }
    case 'score':
      return {
        condition: 'score_at_least',
        wants: when.atLeast,
        has: score,
        text: scoreText(when.atLeast, facts, scoring),
      };
    case 'score_below': {
      const over = met ? '' : `, has to fall below ${when.below}`;
      const text = `score ${score.toFixed(2)}${met ? `, below ${when.below}` : over}`;
      return { condition: 'score_below', wants: when.below, has: score, text };
    }
    case 'grade': {
      const text = `${graded(grade)}, ${met ? 'and needs' : 'needs'} ${orBetter(when.atLeast)}`;
      return { condition: 'grade_at_least', wants: when.atLeast, has: grade === '' ? null : grade, text };
    }
    case 'grade_below': {
      const text = `${graded(grade)}, ${met ? 'worse' : 'has to be worse'} than ${when.below}`;
      return { condition: 'grade_below', wants: when.below, has: grade === '' ? null : grade, text };
    }
    case 'disqualified': {
      const text = met ? `is disqualified: ${facts.disqualified}` : 'is not disqualified';
      return { condition: 'disqualified', wants: true, has: facts.disqualified, text };
    }
    case 'been': {
      const text = `${met ? 'has been' : 'was never'} in stage ${listed(when.stages)}`;
      const has = Object.keys(facts.visits).filter((stage) => (facts.visits[stage] ?? 0) > 0);
      return { condition: 'been_in', wants: when.stages, has, text };
    }
    case 'quiet': {
      const quiet = facts.quietSince === undefined ? undefined : at - facts.quietSince;
      const text = quiet === undefined ? 'did nothing of its own yet' : waited('quiet', quiet, when.forMs, met, at);
      return { condition: 'quiet_for', wants: formatDuration(when.forMs), has: spanOf(quiet), text };
    }
    case 'stayed': {
      const stayed = at - facts.since;
      const text = waited(`in stage ${facts.stage}`, stayed, when.forMs, met, at);
      return { condition: 'stayed_for', wants: formatDuration(when.forMs), has: spanOf(stayed), text };
    }
    case 'behaviour': {
      const names = [...when.names];
      const text = `${listed(names)} has to happen${when.where === '' ? '' : `, with ${when.where}`}`;
      return { condition: 'on', wants: names, has: null, text };
    }
    case 'active':
      return { condition: 'active', wants: true, has: null, text: 'has to do something of its own' };
  }
}

/** Behaviours named as a way to the missing points, at most. */
const MOST_NAMED = 4;

function scoreText(atLeast: number, { score }: StageFacts, scoring: Deciding['scoring']): string {
  const has = `score ${score.toFixed(2)} of ${atLeast}`;
  const missing = atLeast - score;
  if (missing <= 0) return has;
  const enough = enoughFor(missing, scoring);
  return `${has}, ${shown(missing)} points missing${enough.length === 0 ? '' : ` (${enough.join(', ')} would do)`}`;
}

/** Rules that give so many points by one event. None where caps may take them. */
function enoughFor(missing: number, { rules, hasCaps }: Deciding['scoring']): string[] {
  if (hasCaps) return [];
  return rules
    .filter(({ points, absence }) => points >= missing && absence === undefined)
    .map(({ id, points }) => `${id} +${points}`)
    .slice(0, MOST_NAMED);
}

/** To two decimals; 0.00 missing would be nothing missing. */
function shown(points: number): string {
  return points < 0.005 ? 'less than 0.01' : points.toFixed(2);
}

function graded(grade: string): string {
  return grade === '' ? 'has no grade' : `grade ${grade}`;
}

function orBetter(grade: string): string {
  return grade === 'A' ? 'A' : `${grade} or better`;
}

const DAY = 86_400_000;

/** quiet for 12d of 90d, until 2026-03-01 */
function waited(what: string, has: number, wants: number, met: boolean, at: number): string {
  const so = `${what} for ${spanOf(has)}`;
  if (met) return `${so}, and needs ${formatDuration(wants)}`;
  return `${so} of ${formatDuration(wants)}, until ${new Date(at + wants - has).toISOString().slice(0, 10)}`;
}

/** Whole days; hours within the first two. */
function spanOf(ms: number): string;
function spanOf(ms: number | undefined): string | null;
function spanOf(ms: number | undefined): string | null {
  if (ms === undefined) return null;
  return ms < 2 * DAY ? `${Math.floor(ms / 3_600_000)}h` : `${Math.floor(ms / DAY)}d`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
