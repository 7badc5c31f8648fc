import { COUNTS_FOR } from '#lib/model/counts-for';
import { decay } from '#lib/model/decay';
import type { InForce, Models } from '#lib/model/in-force';
import type { Scoring } from '#lib/model/model';
import type { Contribution, Scored } from '#schemas/generated/records';
import { cappedPoints } from '#services/score/caps';
import { compareContributions, scoreOf } from '#services/score/contributions';
import type { Explained } from '#services/score/explained';

/** When a record of lead.scores was published, ms since 1970 UTC: what a wake-up wrote, when that was due. */
export function publishedAt({ due_at, logged_at }: Scored): number {
  return due_at ?? logged_at;
}

/**
 * The score as it was published last by a time: the fold of what the lead's records said by then. `published` are the
 * lead's records of lead.scores up to that time, in order.
 */
export function explainPublished(published: Iterable<Scored>, inForce: InForce, models: Models): Explained | undefined {
  const counted = new Map<string, readonly Contribution[]>();
  let last: Scored | undefined;
  for (const scored of published) {
    if (scored.cause === 'merged') counted.clear();
    for (const one of scored.score.removed) counted.set(nameOf(one), (counted.get(nameOf(one)) ?? []).slice(1));
    for (const one of scored.score.added) counted.set(nameOf(one), [...(counted.get(nameOf(one)) ?? []), one]);
    last = scored;
  }
  if (last === undefined) return undefined;
  const { at, after } = last.score;
  const { grade, disqualified } = last;
  const ruleOf = ({ model_version, rule }: Contribution) => models.of(inForce, model_version).scoring.rule(rule);
  const decayed = [...counted.values()]
    .flat()
    .filter((one) => at - one.occurred_at <= (ruleOf(one)?.expiresAfter ?? COUNTS_FOR))
    .map((one) => ({ ...one, points: one.raw * decay(at - one.occurred_at, ruleOf(one)?.halfLife ?? Infinity) }))
    .sort(compareContributions);
  const contributions = capped(decayed);
  return { at, score: scoreOf(contributions), contributions, grade, fit: null, disqualified };

  /** By the caps of the model that was in force then: the one that gives what was published. */
  function capped(all: readonly Contribution[]): readonly Contribution[] {
    const versions = [inForce.current, ...Object.keys(inForce.files).reverse()].filter((version) => version !== '');
    const priced = versions.map((version) => pricedBy(all, models.of(inForce, version).scoring));
    return priced.find((one) => Math.abs(scoreOf(one) - after) <= 1e-9) ?? priced[0] ?? all;
  }

  function pricedBy(all: readonly Contribution[], scoring: Scoring): readonly Contribution[] {
    if (!scoring.hasCaps) return all;
    const left = cappedPoints(
      all.flatMap((one) => {
        const rule = ruleOf(one);
        return rule === undefined ? [] : [{ rule, decayed: one.points }];
      }),
      scoring,
    );
    return all.map((one, place) => {
      const points = left[place] ?? 0;
      return { ...one, points, capped: one.points - points };
    });
  }
}

/** Two sources may report events of one id and one moment: then several contributions have one name. */
function nameOf({ rule, event_id, occurred_at, model_version }: Contribution): string {
  return `${rule} ${event_id} ${occurred_at} ${model_version}`;
}
