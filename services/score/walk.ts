import type { ScoringRule } from '#lib/model/model';
import type { Contribution, ScoreEffect } from '#schemas/generated/records';
import { decayIn, type Pricing, rounded } from '#services/score/contributions';
import { absenceDate } from '#services/score/counted';
import type { Difference } from '#services/score/difference';
import { type KnownRules, type Rules, rulesAlong, takeOver } from '#services/score/rules-along';
import type { Match } from '#services/score/state';
import type { Masses } from '#services/score/thresholds';

/** What a record that adds to the matches, and may take an old activity's away, did to the score, and what the score is made of after it. */
export interface Walked {
  readonly effect: ScoreEffect;
  readonly masses: Masses;
  /** Rules that count and disqualify. */
  readonly disqualifying: readonly Pick<Contribution, 'rule' | 'model_version'>[];
}

/** Which match counts for a key of once_per. */
type Holder = 'had' | 'new' | 'gone';

const REASONS = 10;
const NONE: readonly Contribution[] = [];

/** Points by place, of one walk at a time; NaN: does not count. */
let pointsAt = new Float64Array(64);

/**
 * The effect of a difference, as effectOf gives it between the contributions before and after, from one walk that makes
 * only the contributions that are told. undefined: it changes whether others count, or may; then effectOf must tell.
 */
export function walk(
  difference: Difference,
  at: number,
  { modelOf, scoring }: Pricing,
  known: KnownRules,
): Walked | undefined {
  const { all: matches, added, gone } = difference;
  if (scoring?.hasCaps === true || gone.some((one) => one.role !== 'points' || added.includes(one))) return undefined;
  const decay = decayIn(scoring);
  const rules = rulesAlong(difference, modelOf, known);
  if (pointsAt.length < matches.length) pointsAt = new Float64Array(2 * matches.length);
  const newest = added.length === 1 ? added[0] : undefined;
  const answers = added.some(({ role }) => role === 'answer');
  let once: Map<string, Map<string, Holder>> | undefined;
  let before = 0;
  let after = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let positive = 0;
  let negative = 0;
  let halfLife = Infinity;
  let expires = Infinity;
  let news: Contribution[] | undefined;
  let lost: Contribution[] | undefined;
  let disqualifying: Match[] | undefined;
  let place = 0;
  for (; place < matches.length; place++) {
    pointsAt[place] = Number.NaN;
    const match = matches[place];
    if (match === undefined || match.at > at) break;
    const rule = rules[place];
    if (rule === undefined || (match.ahead && match.at === at)) continue;
    if (rule.perDay !== Infinity) return undefined;
    let from = match.at;
    const isNew = match === newest || (added.length > 1 && added.includes(match));
    const isGone = gone.length > 0 && gone.includes(match);
    if (match.role === 'question') {
      from += rule.absence?.within ?? 0;
      if (from >= at) continue;
      // What answers now may have counted as unanswered until now.
      if (answers && added.some((one) => one.rule === match.rule && one.key === match.key)) return undefined;
      if (absenceDate(matches, place, match, rule) === undefined) continue;
    } else if (match.key !== null) {
      once ??= new Map();
      const own = once.get(match.rule) ?? new Map<string, Holder>();
      if (own.size === 0) once.set(match.rule, own);
      const taken = own.get(match.key);
      // A new one has taken the place of one that counted, or this one that of one that is gone.
      if (taken === 'gone' || (taken === 'new' && !isNew)) return undefined;
      if (taken !== undefined) continue;
      own.set(match.key, isNew ? 'new' : isGone ? 'gone' : 'had');
    }
    if ((isNew || isGone) && (match.role === 'question' || hasNamesake(matches, place))) return undefined;
    const age = at - from;
    if (age > rule.expiresAfter) continue;
    if (from < latest) return undefined;
    latest = from;
    const points = rule.points * decay(age, rule.halfLife);
    if (isGone) {
      before += points;
      lost ??= [];
      lost.push(contributionOf(match, rule, points));
      continue;
    }
    pointsAt[place] = points;
    after += points;
    if (isNew) {
      news ??= [];
      news.push(contributionOf(match, rule, points));
    } else before += points;
    if (points > 0) positive += points;
    else negative -= points;
    if (rule.halfLife < halfLife) halfLife = rule.halfLife;
    const end = from + rule.expiresAfter + 1;
    if (end < expires) expires = end;
    if (rule.disqualifies !== undefined) {
      disqualifying ??= [];
      disqualifying.push(match);
    }
  }
  const reasons = news === undefined && lost === undefined ? NONE : largest(matches, rules, place);
  const changes = { added: news ?? NONE, removed: lost ?? NONE, reasons };
  const effect = { at, before: rounded(before), after: rounded(after), ...changes };
  takeOver(difference, rules, known);
  return { effect, masses: { positive, negative, halfLife, expires }, disqualifying: disqualifying ?? [] };
}

/** The largest of the last walk's, whatever their sign; of equal ones the first. */
function largest(matches: readonly Match[], rules: Rules, end: number): readonly Contribution[] {
  const places: number[] = [];
  let least = -1;
  for (let place = 0; place < end; place++) {
    const size = Math.abs(pointsAt[place] ?? Number.NaN);
    if (Number.isNaN(size) || (places.length === REASONS && size <= least)) continue;
    if (places.length === REASONS) places.pop();
    let i = places.length;
    for (; i > 0 && Math.abs(pointsAt[places[i - 1] ?? 0] ?? 0) < size; i--) places[i] = places[i - 1] ?? 0;
    places[i] = place;
    least = Math.abs(pointsAt[places.at(-1) ?? 0] ?? 0);
  }
  return places.flatMap((place) => {
    const [match, rule] = [matches[place], rules[place]];
    return match === undefined || rule === undefined ? [] : [contributionOf(match, rule, pointsAt[place] ?? 0)];
  });
}

/** Whether another match has its time, event id and rule: contributions of two publishers' events are not told apart. */
function hasNamesake(matches: readonly Match[], place: number): boolean {
  const one = matches[place];
  const isNamesake = (other: Match | undefined) =>
    other !== undefined && other.event_id === one?.event_id && other.rule === one.rule;
  for (let i = place - 1; matches[i]?.at === one?.at && i >= 0; i--) if (isNamesake(matches[i])) return true;
  for (let i = place + 1; i < matches.length && matches[i]?.at === one?.at; i++)
    if (isNamesake(matches[i])) return true;
  return false;
}

function contributionOf(match: Match, rule: ScoringRule, points: number): Contribution {
  const { event_id, model_version, at } = match;
  const occurred_at = match.role === 'question' ? at + (rule.absence?.within ?? 0) : at;
  return { event_id, rule: match.rule, model_version, occurred_at, raw: rule.points, points, capped: 0 };
}
