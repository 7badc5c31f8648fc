import type { Model } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity } from '#schemas/generated/records';
import type { Match } from '#services/score/state';

/** What an activity matches under a model: only rules that can match its name are asked. */
export function matchesOf(activity: Activity, model: Model, loggedAt: number): readonly Match[] {
  const rules = model.scoring.rulesFor(activity.name);
  const answered = model.scoring.answersFor(activity.name);
  if (rules.length === 0 && answered.length === 0) return NONE;
  const subject = subjectOf(activity);
  const found: Match[] = [];
  for (const rule of rules) {
    if (!rule.matches(subject)) continue;
    if (rule.absence === undefined) {
      found.push(matchOf(activity, 'points', rule.id, rule.oncePer?.(subject) ?? null, model, loggedAt));
    } else {
      const key = rule.absence.same(subject);
      if (key !== undefined) found.push(matchOf(activity, 'question', rule.id, key, model, loggedAt));
    }
  }
  for (const rule of answered) {
    const key = rule.absence?.same(subject);
    if (key !== undefined) found.push(matchOf(activity, 'answer', rule.id, key, model, loggedAt));
  }
  return found;
}

const NONE: readonly Match[] = [];

function matchOf(
  { event_id, publisher, occurred_at, cause }: Activity,
  role: Match['role'],
  rule: string,
  key: string | null,
  { version }: Model,
  loggedAt: number,
): Match {
  return {
    role,
    rule,
    model_version: version,
    event_id,
    publisher,
    at: occurred_at,
    key,
    ahead: occurred_at > loggedAt,
    historic: cause !== 'live',
  };
}
