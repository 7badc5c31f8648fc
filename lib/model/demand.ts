import type { Condition } from '#lib/model/condition';
import { GRADES, type StageLadder } from '#lib/model/model';

/** What a `when` asks for, in bounds that several can be taken together in. */
export interface Demand {
  /** Scores from `least` to below `below`, points. */
  readonly least: number;
  readonly below: number;
  /** Places in GRADES, from best to worst, both included. */
  readonly best: number;
  readonly worst: number;
  /** One of these behaviours is at hand; undefined: any or none. */
  readonly on: ReadonlySet<string> | undefined;
  /** Conditions on the behaviour, by how they are written. */
  readonly where: ReadonlyMap<string, Condition>;
  readonly active: boolean;
  readonly quiet: boolean;
  readonly stayed: boolean;
}

/** `when` as it stands in stages.yaml. */
export interface Written {
  readonly score_at_least?: number | undefined;
  readonly score_below?: number | undefined;
  readonly grade_at_least?: (typeof GRADES)[number] | undefined;
  readonly grade_below?: (typeof GRADES)[number] | undefined;
  readonly on?: readonly string[] | undefined;
  readonly where: Condition;
  readonly quiet_for?: number | undefined;
  readonly stayed_for?: number | undefined;
  readonly active?: true | undefined;
}

export function demandOf(when: Written): Demand {
  return {
    least: when.score_at_least ?? Number.NEGATIVE_INFINITY,
    below: when.score_below ?? Number.POSITIVE_INFINITY,
    best: when.grade_below === undefined ? 0 : GRADES.indexOf(when.grade_below) + 1,
    worst: when.grade_at_least === undefined ? GRADES.length - 1 : GRADES.indexOf(when.grade_at_least),
    on: when.on === undefined ? undefined : new Set(when.on),
    where: new Map(when.where.text === '' ? [] : [[when.where.text, when.where]]),
    active: when.active === true,
    quiet: when.quiet_for !== undefined,
    stayed: when.stayed_for !== undefined,
  };
}

/** Both at once. */
export function both(a: Demand, b: Demand): Demand {
  const { on } = a;
  return {
    least: Math.max(a.least, b.least),
    below: Math.min(a.below, b.below),
    best: Math.max(a.best, b.best),
    worst: Math.min(a.worst, b.worst),
    on: on === undefined ? b.on : b.on === undefined ? on : new Set([...on].filter((name) => b.on?.has(name))),
    where: new Map([...a.where, ...b.where]),
    active: a.active || b.active,
    quiet: a.quiet || b.quiet,
    stayed: a.stayed || b.stayed,
  };
}

/** Two keys of `when` that rule each other out; undefined: there is a lead for whom all hold. */
export function conflictIn(demand: Demand, isOwn: StageLadder['isOwn']): readonly [string, string] | undefined {
  const names = demand.on === undefined ? undefined : [...demand.on];
  if (demand.least >= demand.below) return ['score_at_least', 'score_below'];
  if (demand.best > demand.worst) return ['grade_at_least', 'grade_below'];
  if (demand.active && demand.quiet) return ['active', 'quiet_for'];
  if (names?.length === 0) return ['on', 'on'];
  if (demand.quiet && names?.every(isOwn)) return ['on', 'quiet_for'];
  if (demand.active && names?.every((name) => !isOwn(name))) return ['active', 'on'];
  return undefined;
}
