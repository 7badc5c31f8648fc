import { z } from 'zod';
import { checkCondition, reportMisspeltProperties } from '#lib/model/behaviour';
import { COUNTS_FOR } from '#lib/model/counts-for';
import { type Entry, listAt } from '#lib/model/entries';
import { behaviour, behaviours, cap, condition, halfLife, identifier, nameIn, span } from '#lib/model/fields';
import { keyOf } from '#lib/model/key';
import type { ScoringRule } from '#lib/model/model';
import type { Source } from '#lib/model/source';

const property = z.string().min(1);

/** A rule of scoring.yaml. Any group is taken while none is known. */
export const ruleSchema = (groups: ReadonlySet<string>) =>
  z.strictObject({
    id: identifier,
    on: behaviour,
    where: condition,
    points: z.number().optional(),
    disqualifies: z.string().min(1).optional(),
    group: nameIn('group', groups).optional(),
    half_life: halfLife.optional(),
    expires_after: span.optional(),
    once_per: property.optional(),
    per_day: z.int().min(1).optional(),
    cap: cap.optional(),
    unless: z.strictObject({ on: behaviours, same: property, within: span }).optional(),
  });

export const RULE_EXAMPLES = {
  id: 'id: pricing_page_viewed',
  on: 'on: page_viewed',
  points: 'points: 10',
  disqualifies: 'disqualifies: is a student',
  group: 'group: mail',
  once_per: 'once_per: email_id',
  per_day: 'per_day: 3',
  unless: 'unless: { on: email_opened, same: email_id, within: 7d }',
  same: 'same: email_id',
  within: 'within: 7d',
};

type RuleEntry = Entry<z.output<ReturnType<typeof ruleSchema>>>;

/** Reports rules that give neither points nor a reason, whatever else is wrong with them. */
export function reportPointless(source: Source, key: string): void {
  listAt(source.data, key).forEach((rule, index) => {
    if (typeof rule !== 'object' || rule === null || 'points' in rule || 'disqualifies' in rule) return;
    source.report([key, index, 'points'], '`points` is missing', 'write `points: 10`');
  });
}

/** Reports what no key alone can tell. */
export function checkRule(source: Source, { value, index }: RuleEntry, groups: ReadonlySet<string>): void {
  const { on, points, disqualifies, once_per, unless, where, group } = value;
  const path = ['rules', index];
  checkCondition(source, [...path, 'where'], on, where);
  if (points === 0 && disqualifies === undefined) {
    source.report([...path, 'points'], 'the rule gives no points', 'write a number other than 0, or remove the rule');
  }
  if (group !== undefined && groups.size === 0) {
    source.report([...path, 'group'], `there is no group ${group}`, `add \`groups: [{ id: ${group} }]\``);
  }
  if (once_per !== undefined) reportMisspeltProperties(source, [...path, 'once_per'], on, [once_per]);
  if (unless === undefined) return;
  reportMisspeltProperties(source, [...path, 'unless', 'same'], on, [unless.same]);
  if (once_per !== undefined) {
    source.report([...path, 'once_per'], '`once_per` and `unless` exclude each other', 'remove `once_per`');
  }
}

/** `usual`: half-life of rules that name none, ms. */
export function ruleOf(rule: RuleEntry['value'], usual = Number.POSITIVE_INFINITY): ScoringRule {
  const { once_per, unless } = rule;
  return {
    id: rule.id,
    on: rule.on,
    points: rule.points ?? 0,
    disqualifies: rule.disqualifies,
    halfLife: rule.half_life ?? usual,
    expiresAfter: Math.min(rule.expires_after ?? COUNTS_FOR, COUNTS_FOR),
    group: rule.group,
    cap: rule.cap ?? Number.POSITIVE_INFINITY,
    perDay: rule.per_day ?? Number.POSITIVE_INFINITY,
    matches: rule.where.matches,
    oncePer: once_per === undefined ? undefined : keyOf(once_per),
    absence:
      unless === undefined
        ? undefined
        : { answeredBy: new Set(unless.on), within: unless.within, same: keyOf(unless.same) },
  };
}
