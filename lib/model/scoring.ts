import { z } from 'zod';
import { capsText } from '#lib/model/caps-in-force';
import { ENGINES } from '#lib/model/engine';
import { readEntries } from '#lib/model/entries';
import { excluderOf, excludeSchema, insiderOf } from '#lib/model/exclude';
import { cap, halfLife } from '#lib/model/fields';
import { readGrade } from '#lib/model/grade';
import { groupNamesIn, readGroups } from '#lib/model/groups';
import { read } from '#lib/model/issues';
import type { Scoring, ScoringRule } from '#lib/model/model';
import { checkRule, RULE_EXAMPLES, reportPointless, ruleOf, ruleSchema } from '#lib/model/rules';
import type { Source } from '#lib/model/source';

/** scoring.yaml without what its lists and `grade` hold. */
export const scoringSchema = z.strictObject({
  engine: z.number(),
  half_life: halfLife.optional(),
  cap: cap.optional(),
  groups: z.array(z.unknown()).optional(),
  exclude: excludeSchema.optional(),
  rules: z.array(z.unknown()).min(1),
  grade: z.unknown().optional(),
});

const EXAMPLES = {
  engine: `engine: ${ENGINES.at(-1)}`,
  half_life: 'half_life: 30d',
  groups: 'groups: [{ id: mail, cap: 60 }]',
  exclude: 'exclude: { bots: true }',
  bots: 'bots: true',
  rules: 'rules:',
};

/** scoring.yaml: how behaviour turns into points, and a profile into a grade. */
export function readScoring(source: Source): { readonly engine: number; readonly scoring: Scoring } | undefined {
  const file = read(source, [], source.data, scoringSchema, EXAMPLES);
  if (file !== undefined && !ENGINES.includes(file.engine)) {
    const problem = `engine ${file.engine} is unknown to this version of Leadstream`;
    source.report(['engine'], problem, `write engine: ${ENGINES.join(' or ')}, or upgrade Leadstream`);
  }
  const groups = readGroups(source);
  const names = new Set(groupNamesIn(source.data));
  const entries = readEntries(source, 'rules', ruleSchema(names), RULE_EXAMPLES);
  reportPointless(source, 'rules');
  for (const entry of entries) checkRule(source, entry, names);
  const grading = readGrade(source);
  if (file === undefined) return undefined;
  const rules = entries.map(({ value }) => ruleOf(value, file.half_life));
  const total = file.cap ?? Number.POSITIVE_INFINITY;
  const hasCaps = [total, ...groups.values(), ...rules.map((rule) => rule.cap)].some(Number.isFinite);
  return {
    engine: file.engine,
    scoring: {
      ...indexOf(rules),
      groupCap: (group) => groups.get(group) ?? Number.POSITIVE_INFINITY,
      cap: total,
      hasCaps,
      caps: capsText({ rules, cap: total, hasCaps }, groups),
      excludes: excluderOf(file.exclude),
      isInternal: insiderOf(file.exclude),
      grading,
    },
  };
}

function indexOf(rules: readonly ScoringRule[]): Pick<Scoring, 'rulesFor' | 'rule' | 'rules' | 'answersFor'> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const byName = new Map<string, readonly ScoringRule[]>();
  const byAnswer = new Map<string, readonly ScoringRule[]>();
  for (const rule of rules) {
    byName.set(rule.on, [...(byName.get(rule.on) ?? []), rule]);
    for (const answer of rule.absence?.answeredBy ?? []) byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), rule]);
  }
  const none: readonly ScoringRule[] = [];
  return {
    rulesFor: (name) => byName.get(name) ?? none,
    rule: (id) => byId.get(id),
    rules,
    answersFor: (name) => byAnswer.get(name) ?? none,
  };
}
