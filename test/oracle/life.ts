import { factsAt, type LeadFacts } from '#test/oracle/facts';
import { durations, levelsOf } from '#test/oracle/ladder';
import type { OracleModel } from '#test/oracle/model';
import { isExcluded, type Reported } from '#test/oracle/reported';
import { type Points, pointsOf, scoreAt } from '#test/oracle/scores';

/** A lead or visitor on its way, as known at one time. */
export interface Life {
  readonly lead: string;
  stage: string;
  /** When the stage was entered. */
  since: number;
  hasMoved: boolean;
  /** All stages so far. */
  readonly been: Set<string>;
  /** When the last behaviour occurred that moved the stage. */
  heardAt: number;
  /** Up to here it was judged. */
  checked: number;
  /** Behaviours that came along from another owner since it was judged last. */
  came: readonly Reported[];
  events: readonly Reported[];
  addresses: ReadonlySet<string>;
  points: readonly Points[];
  /** When it last did something of its own, and when that became known. */
  own: { readonly at: number; readonly knownAt: number; readonly historic: boolean } | undefined;
  readonly enrolments: Map<string, Enrolment>;
  /** When each program was last entered. */
  readonly entered: Map<string, number>;
}

export interface Enrolment {
  readonly at: number;
  readonly historic: boolean;
  /** How many steps are over. */
  done: number;
}

export function newLife(lead: string, stage: string, at: number): Life {
  return {
    lead,
    stage,
    since: at,
    hasMoved: false,
    been: new Set([stage]),
    heardAt: 0,
    checked: at,
    came: [],
    events: [],
    addresses: new Set(),
    points: [],
    own: undefined,
    enrolments: new Map(),
    entered: new Map(),
  };
}

/** It has these events from now on; `late` says which of them are historic. */
export function owns(
  life: Life,
  events: readonly Reported[],
  now: number,
  model: OracleModel,
  late: (event: Reported) => boolean,
): void {
  life.events = events;
  life.points = pointsOf(events, model.rules);
  const counting = events.filter((event) => !isExcluded(event));
  const own = counting.filter((event) => !model.ladder.notOwn.has(event.name));
  const newest = own.reduce<Reported | undefined>((one, other) => (one && one.at > other.at ? one : other), undefined);
  const first = counting.reduce<Reported | undefined>(
    (one, other) => (one && one.at <= other.at ? one : other),
    undefined,
  );
  const last = newest ?? first;
  if (last === undefined) life.own = undefined;
  else if (life.own?.at !== last.at) life.own = { at: last.at, knownAt: now, historic: late(last) };
}

export function factsOf(life: Life, at: number): LeadFacts {
  return factsAt(life.events, life.addresses, at);
}

/**
 * The next time after `checked` and until `to` at which something may come of a lead by itself: a level of the score is
 * crossed, points begin or end, a wait or a step is over. `grid`: looked at so often (ms), so that no level is crossed twice
 * between two looks.
 */
export function nextMoment(life: Life, model: OracleModel, to: number, grid: number): number | undefined {
  const { checked } = life;
  const due = [...waitsOf(life, model), ...changesOf(life), ...stepsOf(life, model)];
  const onGrid = Number.isFinite(grid) ? [(Math.floor(checked / grid) + 1) * grid] : [];
  const times = [...due, ...onGrid].filter((at) => at > checked && at <= to);
  const next = Math.min(to, ...times);
  return crossingIn(life, model, next) ?? (times.includes(next) ? next : undefined);
}

/** When a wait is over; one that was over already when it was set is over then. */
function waitsOf({ stage, since, own }: Life, { ladder }: OracleModel): readonly number[] {
  const quiet =
    own === undefined ? [] : durations(ladder, stage, 'quiet_for').map((ms) => Math.max(own.at + ms, own.knownAt));
  return [...quiet, ...durations(ladder, stage, 'stayed_for').map((ms) => since + ms)];
}

function changesOf({ points }: Life): readonly number[] {
  return points.flatMap(({ from, until }) => [from, until + 1]);
}

function stepsOf({ enrolments }: Life, { programs }: OracleModel): readonly number[] {
  return programs.flatMap(({ id, steps }) => {
    const enrolment = enrolments.get(id);
    const step = enrolment === undefined ? undefined : steps[enrolment.done];
    return enrolment === undefined || step === undefined ? [] : [enrolment.at + step.after];
  });
}

/** The first ms after `checked` and until `next` at which the score is on another side of a level. */
function crossingIn({ checked, points }: Life, { ladder }: OracleModel, next: number): number | undefined {
  const crossings = levelsOf(ladder).flatMap((level) => {
    const isAbove = (at: number) => scoreAt(points, at) >= level;
    const before = isAbove(checked);
    if (next <= checked || isAbove(next) === before) return [];
    let [low, high] = [checked, next];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (isAbove(middle) === before) low = middle;
      else high = middle;
    }
    return [high];
  });
  return crossings.length === 0 ? undefined : Math.min(...crossings);
}
