import { z } from 'zod';
import { checkCondition } from '#lib/model/behaviour';
import { reportCycles } from '#lib/model/cycles';
import { conflictIn, demandOf } from '#lib/model/demand';
import { type Entry, listAt, readEntries } from '#lib/model/entries';
import { behaviour, behaviours, condition, identifier, isGiven, patience, stageIn, stagesIn } from '#lib/model/fields';
import { gradeLetter } from '#lib/model/grade';
import { read } from '#lib/model/issues';
import type { Judged } from '#lib/model/judged';
import type { Patience, StageCondition, StageLadder, StageRule } from '#lib/model/model';
import { neverHolding } from '#lib/model/never';
import { type Keyed, reportShadowed, shadowedFrom } from '#lib/model/shadowed';
import type { Source } from '#lib/model/source';
import { reportUnreachable, type Way } from '#lib/model/unreachable';

const whenSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    identified: z.literal(true).optional(),
    score_at_least: z.number().optional(),
    score_below: z.number().optional(),
    grade_at_least: gradeLetter.optional(),
    grade_below: gradeLetter.optional(),
    disqualified: z.literal(true).optional(),
    on: behaviours.optional(),
    where: condition,
    quiet_for: patience.optional(),
    stayed_for: patience.optional(),
    active: z.literal(true).optional(),
    been_in: stagesIn(stages).optional(),
  });

export const moveSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    id: identifier,
    from: z.array(stageIn(stages)).min(1),
    to: stageIn(stages),
    reason: z.string().min(1),
    when: whenSchema(stages),
  });

export const stagesSchema = z.strictObject({
  ladder: z.array(identifier).min(2),
  beside: z.array(identifier).optional(),
  not_own: z.array(behaviour).optional(),
  moves: z.array(z.unknown()).min(1),
});

const EXAMPLES = {
  ladder: 'ladder: [visitor, lead, mql, sql, opportunity, customer]',
  beside: 'beside: [dormant]',
  not_own: 'not_own: [email_sent]',
  moves: 'moves:',
  id: 'id: qualified',
  from: 'from: [lead]',
  to: 'to: mql',
  reason: 'reason: the score is high enough',
  when: 'when: { score_at_least: 50 }',
  identified: 'identified: true',
  active: 'active: true',
  score_at_least: 'score_at_least: 50',
  score_below: 'score_below: 35',
  disqualified: 'disqualified: true',
  on: 'on: deal_won',
  been_in: 'been_in: customer',
};

type MoveEntry = Entry<z.output<ReturnType<typeof moveSchema>>>;
type When = MoveEntry['value']['when'];

/** Conditions of a move; all that are given must hold. */
const KINDS = [
  'identified',
  'score_at_least',
  'score_below',
  'grade_at_least',
  'grade_below',
  'disqualified',
  'on',
  'quiet_for',
  'stayed_for',
  'active',
  'been_in',
] as const;

/** stages.yaml: the ladder that leads climb, and what moves them, beside a scoring.yaml. */
export function readStages(source: Source, judged: Judged): StageLadder | undefined {
  const file = read(source, [], source.data, stagesSchema, EXAMPLES);
  const entries = readEntries(source, 'moves', moveSchema(new Set(stageNamesIn(source.data))), EXAMPLES);
  for (const entry of entries) check(source, entry, judged);
  if (file === undefined) return undefined;
  const moves = entries.flatMap(({ value }) => {
    const { id, from, to, reason } = value;
    const when = conditionsOf(value.when);
    return when.length === 0 ? [] : [{ id, from: new Set(from), to, reason, when }];
  });
  const [initial = ''] = file.ladder;
  const names = [...file.ladder, ...(file.beside ?? [])];
  const notOwn = new Set(file.not_own);
  const isOwn = (name: string) => !notOwn.has(name);
  if (entries.length === file.moves.length) {
    const ways = waysOf(source, entries, isOwn, judged);
    reportUnreachable(source, initial, names, ways);
  }
  return {
    initial,
    ladder: file.ladder,
    beside: file.beside ?? [],
    moves,
    isOwn,
    thresholds: thresholdsOf(moves),
    patience: new Map(names.map((stage) => [stage, patienceOf(stage, moves)])),
  };
}

/** The names of the stages in a stages.yaml; none if its ladder cannot be read. */
export function stageNamesIn(data: unknown): readonly string[] {
  const ladder = listAt(data, 'ladder').filter((name) => typeof name === 'string');
  const beside = listAt(data, 'beside').filter((name) => typeof name === 'string');
  return ladder.length < 2 ? [] : [...ladder, ...beside];
}

function check(source: Source, { value, index }: MoveEntry, judged: Judged): void {
  const { from, to, when } = value;
  const path = ['moves', index];
  if (from.includes(to)) {
    source.report([...path, 'to'], `the move leads from ${to} to ${to}`, `take ${to} out of \`from\``);
  }
  if (KINDS.every((kind) => when[kind] === undefined)) {
    source.report([...path, 'when'], '`when` has no condition', `give one or more of ${KINDS.join(', ')}`);
  }
  for (const { key, problem, remedy } of neverHolding(when, judged)) {
    source.report([...path, 'when', key], problem, remedy);
  }
  if (when.on === undefined && isGiven(when.where)) {
    source.report(
      [...path, 'when', 'where'],
      '`where` asks about a behaviour, and there is none',
      'add `on: page_viewed`',
    );
  }
  for (const name of when.on ?? []) {
    checkCondition(source, [...path, 'when', 'where'], name, when.where);
  }
}

/**
 * The moves as ways between stages. Reports those that cannot hold, or not beside each other.
 */
function waysOf(
  source: Source,
  entries: readonly MoveEntry[],
  isOwn: StageLadder['isOwn'],
  judged: Judged,
): readonly Way[] {
  const written = entries.flatMap(keyed);
  const never = new Set(entries.flatMap(({ value, index }) => neverHolding(value.when, judged).map(() => index)));
  const possible = written.filter((move) => !never.has(move.index) && !reportContradiction(source, move, isOwn));
  reportCycles(source, possible, isOwn);
  reportShadowed(source, possible);
  return written.map((move) => {
    return { ...move, closed: possible.includes(move) ? shadowedFrom(possible, move) : move.from };
  });
}

/** A move that has a condition, as it is compared with others. */
function keyed({ value: { id, from, to, when }, index }: MoveEntry): Keyed[] {
  const keys = KINDS.filter((kind) => when[kind] !== undefined);
  return keys.length === 0 ? [] : [{ id, index, from, to, demand: demandOf(when), keys }];
}

/** Reports a move whose conditions never hold together; says whether it is one. */
function reportContradiction(source: Source, { index, demand }: Keyed, isOwn: StageLadder['isOwn']): boolean {
  const [one, other] = conflictIn(demand, isOwn) ?? [];
  if (one === undefined) return false;
  source.report(['moves', index, 'when'], `\`${one}\` and \`${other}\` never hold together`, 'take one of them out');
  return true;
}

function conditionsOf(when: When): readonly StageCondition[] {
  const { score_at_least, score_below, grade_at_least, grade_below, on, quiet_for, stayed_for, been_in } = when;
  const conditions: StageCondition[] = [];
  if (when.identified) conditions.push({ kind: 'identified' });
  if (score_at_least !== undefined) conditions.push({ kind: 'score', atLeast: score_at_least });
  if (score_below !== undefined) conditions.push({ kind: 'score_below', below: score_below });
  if (grade_at_least !== undefined) conditions.push({ kind: 'grade', atLeast: grade_at_least });
  if (grade_below !== undefined) conditions.push({ kind: 'grade_below', below: grade_below });
  if (when.disqualified) conditions.push({ kind: 'disqualified' });
  if (been_in !== undefined) conditions.push({ kind: 'been', stages: been_in });
  if (on !== undefined) {
    const { matches, text } = when.where;
    conditions.push({ kind: 'behaviour', names: new Set(on), matches, where: text });
  }
  if (quiet_for !== undefined) conditions.push({ kind: 'quiet', forMs: quiet_for });
  if (stayed_for !== undefined) conditions.push({ kind: 'stayed', forMs: stayed_for });
  if (when.active) conditions.push({ kind: 'active' });
  return conditions;
}

function thresholdsOf(moves: readonly StageRule[]): StageLadder['thresholds'] {
  const levels = moves
    .flatMap(({ when }) => when)
    .flatMap((condition) => {
      if (condition.kind === 'score') return [condition.atLeast];
      return condition.kind === 'score_below' ? [condition.below] : [];
    });
  return [...new Set(levels)].sort((a, b) => a - b);
}

function patienceOf(stage: string, moves: readonly StageRule[]): Patience {
  const conditions = moves.filter(({ from }) => from.has(stage)).flatMap(({ when }) => when);
  const times = (kind: 'quiet' | 'stayed') => [
    ...new Set(conditions.flatMap((one) => (one.kind === kind ? [one.forMs] : []))),
  ];
  return { quiet: times('quiet'), stayed: times('stayed') };
}

/** The stages of the model at hand. */
export interface KnownStages {
  readonly names: ReadonlySet<string>;
  /** The one that visitors alone are in: nobody is written to or handed over there; undefined: there is none. */
  readonly ofVisitors: string | undefined;
}

/** The stage that visitors alone are in, as whoever becomes known leaves it at once; undefined: there is none. */
export function stageOfVisitors(stages: StageLadder | undefined): string | undefined {
  const leaves = stages?.moves.some(
    ({ from, when }) => from.has(stages.initial) && when.length === 1 && when[0]?.kind === 'identified',
  );
  return leaves === true ? stages?.initial : undefined;
}
