import type { ScoringRule } from '#lib/model/model';
import { type ModelOf, rulesOf } from '#services/score/counted';
import type { Difference } from '#services/score/difference';
import type { Match } from '#services/score/state';

/**
 * What each record reads of all matches of a lead, place by place. The matches themselves lie scattered in memory: to meet
 * those of a lead that has not been met lately takes longer than to price them.
 */
export interface Columns {
  /** When they occurred, ms. */
  readonly times: readonly number[];
  /** undefined for answers. */
  readonly rules: readonly (ScoringRule | undefined)[];
  /** Of what counts once per key, the key's number: the same for the same key of the same rule. ALONE and QUESTION: others. */
  readonly keys: readonly number[];
  readonly eventIds: readonly string[];
  /** Of their models. */
  readonly versions: readonly string[];
  /** The number of each one's half-life among `halfLives`; 0 for answers. */
  readonly fades: readonly number[];
  /** Those that there are, ms. */
  readonly halfLives: readonly number[];
  /** Whether any may disqualify. */
  readonly disqualify: boolean;
}

/** An answer, or points that count whatever else there is. */
export const ALONE = -1;
/** It counts from a time of its own, if at all. */
export const QUESTION = -2;

/** Columns by the first match of their list. They go on with the list that follows it, so each lead has one set. */
export type KnownColumns = WeakMap<Match, Growing>;

interface Growing extends Columns {
  /** The list that they are of now. */
  list: readonly Match[];
  readonly times: number[];
  readonly rules: (ScoringRule | undefined)[];
  readonly keys: number[];
  /** By rule and key; undefined while there is no key. */
  numbers?: Map<string, number>;
  readonly eventIds: string[];
  readonly versions: string[];
  readonly fades: number[];
  readonly halfLives: number[];
  disqualify: boolean;
}

/** The columns of all matches of a difference, valid until columns are next asked of the lead. */
export function columnsOf({ before, all }: Difference, modelOf: ModelOf, known: KnownColumns): Columns {
  const [first] = all;
  if (first === undefined) return EMPTY;
  let columns = known.get(first);
  if (columns?.list === all) return columns;
  if (columns === undefined || !continues(columns, before, all)) {
    const none = { times: [], rules: [], keys: [], eventIds: [], versions: [], fades: [], halfLives: [] };
    columns = { list: [], ...none, disqualify: false };
    known.set(first, columns);
  }
  const ruleOf = rulesOf(modelOf);
  for (let place = columns.times.length; place < all.length; place++) {
    const match = all[place] ?? first;
    const rule = match.role === 'answer' ? undefined : ruleOf(match);
    columns.rules.push(rule);
    columns.fades.push(rule === undefined ? 0 : numberOf(rule.halfLife, columns.halfLives));
    if (rule?.disqualifies !== undefined) columns.disqualify = true;
    columns.times.push(match.at);
    columns.keys.push(keyOf(match, columns));
    columns.eventIds.push(match.event_id);
    columns.versions.push(match.model_version);
  }
  columns.list = all;
  return columns;
}

function numberOf(halfLife: number, halfLives: number[]): number {
  const known = halfLives.indexOf(halfLife);
  return known === -1 ? halfLives.push(halfLife) - 1 : known;
}

function keyOf({ role, rule, key }: Match, columns: Growing): number {
  if (role === 'question') return QUESTION;
  if (role === 'answer' || key === null) return ALONE;
  columns.numbers ??= new Map();
  const { numbers } = columns;
  const name = `${rule} ${key}`;
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}

/** Whether a list only adds to the end of the one that columns are of. */
function continues({ list, times }: Growing, before: readonly Match[], all: readonly Match[]): boolean {
  return list === before && times.length === before.length && all[before.length - 1] === before.at(-1);
}

/** The columns of a list; undefined if they were last asked of another one. */
export function knownColumns(list: readonly Match[], known: KnownColumns): Columns | undefined {
  const [first] = list;
  if (first === undefined) return EMPTY;
  const columns = known.get(first);
  return columns?.list === list ? columns : undefined;
}

/** The list after a difference takes over the columns of all but what is gone. */
export function takeOver({ all, after, gone }: Difference, known: KnownColumns): void {
  const [first] = all;
  const [firstAfter] = after;
  if (gone.length === 0 || first === undefined || firstAfter === undefined) return;
  const columns = known.get(first);
  if (columns?.list !== all) return;
  const { times, rules, keys, numbers, eventIds, versions, fades } = columns;
  // Keys that are gone keep their numbers: when most are of such keys, columns are made anew.
  if (numbers !== undefined && numbers.size > 2 * after.length) return;
  for (const [taken, match] of gone.entries()) {
    const place = all.indexOf(match) - taken;
    for (const column of [times, rules, keys, eventIds, versions, fades]) column.splice(place, 1);
  }
  columns.list = after;
  known.set(firstAfter, columns);
}

const EMPTY: Columns = {
  ...{ times: [], rules: [], keys: [], eventIds: [], versions: [], fades: [], halfLives: [] },
  disqualify: false,
};
