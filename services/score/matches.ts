import type { Model, Subject } from '#lib/model/model';
import type { Match } from '#services/score/state';

/** What an activity matches under a model: only rules that can match its name are asked. */
export function matchesOf(subject: Subject, model: Model, loggedAt: number): Match[] {
  const { name, event_id, publisher, occurred_at, cause } = subject.activity;
  const found: Match[] = [];
  const add = (role: Match['role'], rule: string, key: string | null) => {
    const historic = cause !== 'live';
    const ahead = occurred_at > loggedAt;
    found.push({
      role,
      rule,
      model_version: model.version,
      event_id,
      publisher,
      at: occurred_at,
      key,
      ahead,
      historic,
    });
  };
  for (const rule of model.scoring.rulesFor(name)) {
    if (!rule.matches(subject)) continue;
    if (rule.absence === undefined) add('points', rule.id, rule.oncePer?.(subject) ?? null);
    else {
      const key = rule.absence.same(subject);
      if (key !== undefined) add('question', rule.id, key);
    }
  }
  for (const rule of model.scoring.answersFor(name)) {
    const key = rule.absence?.same(subject);
    if (key !== undefined) add('answer', rule.id, key);
  }
  return found;
}
