import type { InForce, Models } from '#lib/model/in-force';
import type { Contribution, Scored } from '#schemas/generated/records';
import { COUNTS_FOR, compareContributions, contributionsAt, decay, scoreOf } from '#services/score/contributions';
import { type LeadScore, NOTHING } from '#services/score/state';

/** A score to the last point: the sum of the contributions' points is the score, to 1e-9. Times in ms since 1970 UTC. */
export interface Explained {
  readonly at: number;
  readonly score: number;
  readonly contributions: readonly Contribution[];
}

/** The score at a time, as known now. */
export function explain(state: LeadScore | undefined, inForce: InForce, models: Models, at: number): Explained {
  const contributions = contributionsAt((state ?? NOTHING).matches, at, 'inclusive', (version) =>
    models.of(inForce, version),
  );
  return { at, score: scoreOf(contributions), contributions };
}

/** When a record of lead.scores was published, ms since 1970 UTC: what a wake-up wrote, when that was due. */
export function publishedAt({ due_at, logged_at }: Scored): number {
  return due_at ?? logged_at;
}

/**
 * The score as it was published last by a time: the fold of what the lead's records said by then. `published` are the
 * lead's records of lead.scores up to that time, in order.
 */
export function explainPublished(published: Iterable<Scored>, inForce: InForce, models: Models): Explained | undefined {
  const counted = new Map<string, Contribution>();
  let last: Scored | undefined;
  for (const scored of published) {
    if (scored.cause === 'merged') counted.clear();
    for (const contribution of scored.score.removed) counted.delete(nameOf(contribution));
    for (const contribution of scored.score.added) counted.set(nameOf(contribution), contribution);
    last = scored;
  }
  if (last === undefined) return undefined;
  const { at } = last.score;
  const contributions = [...counted.values()]
    .filter(({ occurred_at }) => at - occurred_at <= COUNTS_FOR)
    .map((contribution) => {
      const rule = models.of(inForce, contribution.model_version).scoring.rule(contribution.rule);
      return {
        ...contribution,
        points: contribution.raw * decay(at - contribution.occurred_at, rule?.halfLife ?? Infinity),
      };
    })
    .sort(compareContributions);
  return { at, score: scoreOf(contributions), contributions };
}

function nameOf({ rule, event_id, occurred_at }: Contribution): string {
  return `${rule} ${event_id} ${occurred_at}`;
}
