import { decay } from '#lib/model/decay';
import type { Contribution, ScoreEffect } from '#schemas/generated/records';
import { ALONE, type Columns, columnsOf, type KnownColumns, QUESTION, takeOver } from '#services/score/columns';
import { type Pricing, rounded } from '#services/score/contributions';
import { absenceDate } from '#services/score/counted';
import type { Difference } from '#services/score/difference';
import type { Masses } from '#services/score/masses';
import type { Match } from '#services/score/state';

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
  known: KnownColumns,
): Walked | undefined {
  const { all: matches, added, gone } = difference;
  if (scoring?.hasCaps === true || gone.some((one) => one.role !== 'points' || added.includes(one))) return undefined;
  const columns = columnsOf(difference, modelOf, known);
  const { times, rules, keys, fades, halfLives } = columns;
  if (pointsAt.length < matches.length) pointsAt = new Float64Array(2 * matches.length);
  const answers = added.some(({ role }) => role === 'answer');
  let holders: Holder[] | undefined;
  let before = 0;
  let after = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let positive = 0;
  let negative = 0;
  let halfLife = Infinity;
  let expires = Infinity;
  const sums = new Float64Array(halfLives.length);
  let news: Contribution[] | undefined;
  let lost: Contribution[] | undefined;
  let disqualifying: Match[] | undefined;
  let place = 0;
  for (; place < times.length; place++) {
    pointsAt[place] = Number.NaN;
    const match = matches[place];
    let from = times[place] ?? Infinity;
    if (match === undefined || from > at) break;
    const rule = rules[place];
    const key = keys[place] ?? ALONE;
    if (rule === undefined || (from === at && match.ahead)) continue;
    if (rule.perDay !== Infinity) return undefined;
    const isNew = isOneOf(added, matches, place, from);
    const isGone = isOneOf(gone, matches, place, from);
    if (key === QUESTION) {
      from += rule.absence?.within ?? 0;
      if (from >= at) continue;
      // What answers now may have counted as unanswered until now.
      if (answers && haveKeyOf(match, added)) return undefined;
      if (absenceDate(matches, place, match, rule) === undefined) continue;
    } else if (key !== ALONE) {
      holders ??= [];
      const holder = holders[key];
      // A new one has taken the place of one that counted, or this one that of one that is gone.
      if (holder === 'gone' || (holder === 'new' && !isNew)) return undefined;
      if (holder !== undefined) continue;
      holders[key] = isNew ? 'new' : isGone ? 'gone' : 'had';
    }
    if ((isNew || isGone) && (key === QUESTION || hasNamesake(matches, place))) return undefined;
    const age = at - from;
    if (age > rule.expiresAfter) continue;
    if (from < latest) return undefined;
    latest = from;
    const points = rule.points * decay(age, rule.halfLife);
    if (isGone) {
      before += points;
      lost ??= [];
      lost.push(contributionOf(columns, place, points));
      continue;
    }
    pointsAt[place] = points;
    after += points;
    if (isNew) {
      news ??= [];
      news.push(contributionOf(columns, place, points));
    } else before += points;
    if (rule.points !== 0) {
      if (points > 0) positive += points;
      else negative -= points;
      if (rule.halfLife < halfLife) halfLife = rule.halfLife;
      const number = fades[place] ?? 0;
      sums[number] = (sums[number] ?? 0) + points;
      const end = from + rule.expiresAfter + 1;
      if (end < expires) expires = end;
    }
    if (rule.disqualifies !== undefined) {
      disqualifying ??= [];
      disqualifying.push(match);
    }
  }
  const reasons = news === undefined && lost === undefined ? NONE : largest(columns, place);
  const changes = { added: news ?? NONE, removed: lost ?? NONE, reasons };
  const effect = { at, before: rounded(before), after: rounded(after), ...changes };
  const fading = new Map(halfLives.map((life, number) => [life, sums[number] ?? 0]));
  const masses = { positive, negative, halfLife, expires, steady: { fading, until: expires } };
  takeOver(difference, known);
  return { effect, masses, disqualifying: disqualifying ?? [] };
}

/** The largest of the last walk's, whatever their sign; of equal ones the first. */
function largest(columns: Columns, end: number): readonly Contribution[] {
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
  return places.map((place) => contributionOf(columns, place, pointsAt[place] ?? 0));
}

/** Whether a match is one of few. Only one that has their time is met. */
function isOneOf(few: readonly Match[], matches: readonly Match[], place: number, time: number): boolean {
  for (const one of few) if (one.at === time && one === matches[place]) return true;
  return false;
}

function haveKeyOf(question: Match, added: readonly Match[]): boolean {
  return added.some(({ rule, key }) => rule === question.rule && key === question.key);
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
  { times, rules, keys, eventIds, versions }: Columns,
  place: number,
  points: number,
): Contribution {
  const [rule, event_id, model_version] = [rules[place], eventIds[place], versions[place]];
  if (rule === undefined || event_id === undefined || model_version === undefined)
    throw new Error(`${place} does not count`);
  const occurred_at = (times[place] ?? 0) + (keys[place] === QUESTION ? (rule.absence?.within ?? 0) : 0);
  return { event_id, rule: rule.id, model_version, occurred_at, raw: rule.points, points, capped: 0 };
}
