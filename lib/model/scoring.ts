import { z } from 'zod';
import { reportMisspeltProperties } from '#lib/model/behaviour';
import { ENGINES } from '#lib/model/engine';
import { type Entry, readEntries } from '#lib/model/entries';
import { behaviour, COUNTS_FOR, condition, halfLife, identifier, span } from '#lib/model/fields';
import { read } from '#lib/model/issues';
import { keyOf } from '#lib/model/key';
import type { Scoring, ScoringRule } from '#lib/model/model';
import type { Source } from '#lib/model/source';

const property = z.string().min(1);

const ruleSchema = z.strictObject({
  id: identifier,
  on: behaviour,
  where: condition,
  points: z.number(),
  half_life: halfLife.optional(),
  once_per: property.optional(),
  unless: z.strictObject({ on: behaviour, same: property, within: span }).optional(),
});

const fileSchema = z.strictObject({
  engine: z.number(),
  half_life: halfLife.optional(),
  rules: z.array(z.unknown()).min(1),
});

const EXAMPLES = {
  engine: 'engine: 2',
  half_life: 'half_life: 30d',
  rules: 'rules:',
  id: 'id: pricing_page_viewed',
  on: 'on: page_viewed',
  points: 'points: 10',
  once_per: 'once_per: email_id',
  unless: 'unless: { on: email_opened, same: email_id, within: 7d }',
  same: 'same: email_id',
  within: 'within: 7d',
};

type RuleEntry = Entry<z.output<typeof ruleSchema>>;

/** scoring.yaml: how behaviour turns into points. */
export function readScoring(source: Source): { readonly engine: number; readonly scoring: Scoring } | undefined {
  const file = read(source, [], source.data, fileSchema, EXAMPLES);
  if (file !== undefined && !ENGINES.includes(file.engine)) {
    const problem = `engine ${file.engine} is unknown to this version of Leadstream`;
    source.report(['engine'], problem, `write engine: ${ENGINES.join(' or ')}, or upgrade Leadstream`);
  }
  const entries = readEntries(source, 'rules', ruleSchema, EXAMPLES);
  for (const entry of entries) check(source, entry);
  if (file === undefined) return undefined;
  return { engine: file.engine, scoring: scoringOf(entries.map(({ value }) => ruleOf(value, file.half_life))) };
}

function check(source: Source, { value, index }: RuleEntry): void {
  const { on, points, once_per, unless, where } = value;
  const path = ['rules', index];
  reportMisspeltProperties(source, [...path, 'where'], on, where.reads);
  if (points === 0)
    source.report([...path, 'points'], 'the rule gives no points', 'write a number other than 0, or remove the rule');
  if (once_per !== undefined) reportMisspeltProperties(source, [...path, 'once_per'], on, [once_per]);
  if (unless === undefined) return;
  reportMisspeltProperties(source, [...path, 'unless', 'same'], on, [unless.same]);
  if (once_per !== undefined) {
    source.report([...path, 'once_per'], '`once_per` and `unless` exclude each other', 'remove `once_per`');
  }
}

function ruleOf(rule: RuleEntry['value'], usual = Number.POSITIVE_INFINITY): ScoringRule {
  const { id, on, points, half_life, once_per, unless, where } = rule;
  return {
    id,
    on,
    points,
    disqualifies: undefined,
    halfLife: half_life ?? usual,
    expiresAfter: COUNTS_FOR,
    group: undefined,
    cap: Infinity,
    perDay: Infinity,
    matches: where.matches,
    oncePer: once_per === undefined ? undefined : keyOf(once_per),
    absence:
      unless === undefined ? undefined : { answeredBy: unless.on, within: unless.within, same: keyOf(unless.same) },
  };
}

function scoringOf(rules: readonly ScoringRule[]): Scoring {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const byName = new Map<string, readonly ScoringRule[]>();
  const byAnswer = new Map<string, readonly ScoringRule[]>();
  for (const rule of rules) {
    byName.set(rule.on, [...(byName.get(rule.on) ?? []), rule]);
    const answer = rule.absence?.answeredBy;
    if (answer !== undefined) byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), rule]);
  }
  const none: readonly ScoringRule[] = [];
  return {
    rulesFor: (name) => byName.get(name) ?? none,
    rule: (id) => byId.get(id),
    rules,
    answersFor: (name) => byAnswer.get(name) ?? none,
    groupCap: () => Infinity,
    cap: Infinity,
    hasCaps: false,
    excludes: () => undefined,
    grading: undefined,
  };
}
