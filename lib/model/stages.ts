import { z } from 'zod';
import { reportMisspeltProperties } from '#lib/model/behaviour';
import { type Entry, listAt, readEntries } from '#lib/model/entries';
import { behaviours, condition, identifier, isGiven, patience, stageIn } from '#lib/model/fields';
import { read } from '#lib/model/issues';
import type { StageCondition, StageLadder } from '#lib/model/model';
import type { Source } from '#lib/model/source';
import { reportUnreachable } from '#lib/model/unreachable';

const whenSchema = z.strictObject({
  identified: z.literal(true).optional(),
  score_at_least: z.number().optional(),
  on: behaviours.optional(),
  where: condition,
  quiet_for: patience.optional(),
  active: z.literal(true).optional(),
});

const moveSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    id: identifier,
    from: z.array(stageIn(stages)).min(1),
    to: stageIn(stages),
    reason: z.string().min(1),
    when: whenSchema,
  });

const fileSchema = z.strictObject({
  ladder: z.array(identifier).min(2),
  beside: z.array(identifier).optional(),
  not_own: z.array(z.string()).optional(),
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
};

type MoveEntry = Entry<z.output<ReturnType<typeof moveSchema>>>;
type When = MoveEntry['value']['when'];

/** Conditions of a move; exactly one of them is given. */
const KINDS = ['identified', 'score_at_least', 'on', 'quiet_for', 'active'] as const;

/** stages.yaml: the ladder that leads climb, and what moves them. */
export function readStages(source: Source): StageLadder | undefined {
  const file = read(source, [], source.data, fileSchema, EXAMPLES);
  const entries = readEntries(source, 'moves', moveSchema(new Set(stageNamesIn(source.data))), EXAMPLES);
  for (const entry of entries) check(source, entry);
  if (file === undefined) return undefined;
  const moves = entries.flatMap(({ value }) => {
    const { id, from, to, reason } = value;
    const when = conditionOf(value.when);
    return when === undefined ? [] : [{ id, from: new Set(from), to, reason, when: [when] }];
  });
  const [initial = ''] = file.ladder;
  if (entries.length === file.moves.length) {
    reportUnreachable(source, initial, [...file.ladder, ...(file.beside ?? [])], moves);
  }
  const notOwn = new Set(file.not_own);
  return {
    initial,
    ladder: file.ladder,
    moves,
    isOwn: (name) => !notOwn.has(name),
    thresholds: { rising: [], falling: [] },
  };
}

/** The names of the stages in a stages.yaml; none if its ladder cannot be read. */
export function stageNamesIn(data: unknown): readonly string[] {
  const ladder = listAt(data, 'ladder').filter((name) => typeof name === 'string');
  const beside = listAt(data, 'beside').filter((name) => typeof name === 'string');
  return ladder.length < 2 ? [] : [...ladder, ...beside];
}

function check(source: Source, { value, index }: MoveEntry): void {
  const { from, to, when } = value;
  const path = ['moves', index];
  if (from.includes(to)) {
    source.report([...path, 'to'], `the move leads from ${to} to ${to}`, `take ${to} out of \`from\``);
  }
  const given = KINDS.filter((kind) => when[kind] !== undefined);
  if (given.length !== 1) {
    const problem =
      given.length === 0 ? '`when` has no condition' : `\`when\` has ${given.length} conditions: ${given.join(', ')}`;
    source.report([...path, 'when'], problem, `give one of ${KINDS.join(', ')}`);
  }
  if (when.on === undefined && isGiven(when.where)) {
    source.report(
      [...path, 'when', 'where'],
      '`where` asks about a behaviour, and there is none',
      'add `on: page_viewed`',
    );
  }
  for (const name of when.on ?? []) {
    reportMisspeltProperties(source, [...path, 'when', 'where'], name, when.where.reads);
  }
}

function conditionOf({ identified, score_at_least, on, where, quiet_for }: When): StageCondition | undefined {
  if (identified !== undefined) return { kind: 'identified' };
  if (score_at_least !== undefined) return { kind: 'score', atLeast: score_at_least };
  if (on !== undefined) return { kind: 'behaviour', names: new Set(on), matches: where.matches };
  if (quiet_for !== undefined) return { kind: 'quiet', forMs: quiet_for };
  return { kind: 'active' };
}
