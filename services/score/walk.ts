import type { ScoringRule } from '#lib/model/model';
import type { Contribution, ScoreEffect } from '#schemas/generated/records';
import { decay, type Pricing, rounded } from '#services/score/contributions';
import { absenceDate, rulesOf } from '#services/score/counted';
import type { Match } from '#services/score/state';
import type { Masses } from '#services/score/thresholds';

/** What a record that only adds to the matches did to the score, and what the score is made of after it. */
export interface Walked {
  readonly effect: ScoreEffect;
  readonly masses: Masses;
  /** Rules that count and disqualify. */
  readonly disqualifying: readonly Pick<Contribution, 'rule' | 'model_version'>[];
}

const REASONS = 10;
const NONE: readonly Contribution[] = [];

/**
 * The effect of `added` (all of them among `matches`), as effectOf gives it between the contributions before and after,
 * from one walk that makes only the contributions that are told. undefined: something else than addition took place, or
 * may have; then effectOf must tell.
 */
export function walk(
  matches: readonly Match[],
  added: readonly Match[],
  at: number,
  { modelOf, scoring }: Pricing,
): Walked | undefined {
  if (scoring?.hasCaps === true) return undefined;
  const ruleAt = rulesOf(modelOf);
  let once: Map<string, Map<string, boolean>> | undefined;
  let [before, after, newest] = [0, 0, Number.NEGATIVE_INFINITY];
  let [positive, negative, halfLife, expires] = [0, 0, Infinity, Infinity];
  let news: Contribution[] | undefined;
  let disqualifying: Match[] | undefined;
  const largest = new Largest();
  for (let place = 0; place < matches.length; place++) {
    const match = matches[place];
    if (match === undefined || match.at > at) break;
    if (match.role === 'answer' || (match.ahead && match.at === at)) continue;
    const rule = ruleAt(match);
    if (rule.perDay !== Infinity) return undefined;
    let from = match.at;
    const isNew = added.length > 0 && added.includes(match);
    if (match.role === 'question') {
      from += rule.absence?.within ?? 0;
      if (from >= at) continue;
      // What answers now may have counted as unanswered until now.
      if (added.some((one) => one.role === 'answer' && one.rule === match.rule && one.key === match.key))
        return undefined;
      if (absenceDate(matches, place, match, rule) === undefined) continue;
    } else if (match.key !== null) {
      once ??= new Map();
      const own = once.get(match.rule) ?? new Map<string, boolean>();
      if (own.size === 0) once.set(match.rule, own);
      const taken = own.get(match.key);
      // A new one has taken the place of one that counted.
      if (taken === true && !isNew) return undefined;
      if (taken !== undefined) continue;
      own.set(match.key, isNew);
    }
    if (isNew && (match.role === 'question' || hasNamesake(matches, place))) return undefined;
    const age = at - from;
    if (age > rule.expiresAfter) continue;
    if (from < newest) return undefined;
    newest = from;
    const points = rule.points * decay(age, rule.halfLife);
    after += points;
    if (isNew) {
      news ??= [];
      news.push(contributionOf(match, rule, from, points));
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
    largest.add(match, rule, from, points);
  }
  const effect = {
    ...{ at, before: rounded(before), after: rounded(after), added: news ?? NONE, removed: NONE },
    reasons: news === undefined ? NONE : largest.contributions(),
  };
  return { effect, masses: { positive, negative, halfLife, expires }, disqualifying: disqualifying ?? [] };
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

function contributionOf(
  { event_id, rule, model_version }: Match,
  { points: raw }: ScoringRule,
  occurred_at: number,
  points: number,
): Contribution {
  return { event_id, rule, model_version, occurred_at, raw, points, capped: 0 };
}

interface Sized {
  readonly match: Match;
  readonly rule: ScoringRule;
  readonly from: number;
  readonly points: number;
}

/** The largest of what it is given, whatever their sign; of equal ones the first. */
class Largest {
  readonly #kept: Sized[] = [];
  #least = 0;

  add(match: Match, rule: ScoringRule, from: number, points: number): void {
    const size = Math.abs(points);
    const kept = this.#kept;
    if (kept.length === REASONS) {
      if (size <= this.#least) return;
      kept.pop();
    }
    let place = kept.length;
    while (place > 0 && Math.abs(kept[place - 1]?.points ?? 0) < size) place--;
    kept.splice(place, 0, { match, rule, from, points });
    this.#least = Math.abs(kept.at(-1)?.points ?? 0);
  }

  contributions(): Contribution[] {
    return this.#kept.map(({ match, rule, from, points }) => contributionOf(match, rule, from, points));
  }
}
