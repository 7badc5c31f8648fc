import { NO_FACTS } from '#lib/facts/facts';
import type { Model, StageLadder } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, MovedOut, Scored } from '#schemas/generated/records';
import type { LeadStage, Own } from '#services/stage/state';
import { reasonOf, withActivity, withoutActivity } from '#services/stage/story';
import { withoutTold, withTold } from '#services/stage/told';

/** A lead of which nothing is known yet. */
export function newcomer(model: Model | undefined, at: number): LeadStage {
  const stage = model?.stages.initial ?? 'visitor';
  return {
    stage,
    since: at,
    visits: { [stage]: 1 },
    known: false,
    score: 0,
    scoreAt: at,
    facts: NO_FACTS,
    recent: [],
    reasons: [],
    own: undefined,
    grade: '',
    disqualified: null,
    told: [],
    heardAt: 0,
    historic: false,
  };
}

/** What a scored record tells of a lead, before its stage is judged. */
export function observe(lead: LeadStage, scored: Scored, model: Model | undefined): LeadStage {
  const { activity, addresses, moved_out, score } = scored;
  const reasons = score.added.length > 0 || score.removed.length > 0 ? score.reasons.map(reasonOf) : lead.reasons;
  const counts = activity !== null && scored.excluded === null ? activity : undefined;
  const moved = counts?.cause === 'move' ? counts : undefined;
  const ladder = model?.stages;
  // Each field in its place: a copy of all with some put over it takes most of a step's time.
  const observed = {
    stage: lead.stage,
    since: moved === undefined || ladder === undefined ? lead.since : sinceWith(lead, moved),
    visits: lead.visits,
    known: activity?.known ?? (lead.known || (addresses !== null && addresses.addresses.length > 0)),
    score: score.after,
    scoreAt: score.at,
    facts: scored.facts ?? lead.facts,
    recent: recentAfter(lead.recent, counts, moved_out),
    reasons,
    own: ownOf(scored),
    grade: scored.grade,
    disqualified: scored.disqualified,
    told: toldAfter(lead.told, moved, moved_out, ladder),
    heardAt: lead.heardAt,
    historic: counts === undefined || moved !== undefined ? lead.historic : counts.cause !== 'live',
  };
  const { joining, closed, held, owed } = lead;
  const isFree = joining === undefined && closed === undefined && held === undefined;
  return isFree ? observed : { ...observed, joining, closed, held, owed };
}

function recentAfter(
  recent: LeadStage['recent'],
  added: Activity | undefined,
  gone: MovedOut | null,
): LeadStage['recent'] {
  if (gone !== null) return withoutActivity(recent, gone);
  return added === undefined ? recent : withActivity(recent, added);
}

function toldAfter(
  told: LeadStage['told'],
  moved: Activity | undefined,
  gone: MovedOut | null,
  ladder: StageLadder | undefined,
): LeadStage['told'] {
  if (gone !== null) return withoutTold(told, gone);
  return moved === undefined || ladder === undefined ? told : withTold(told, subjectOf(moved), ladder);
}

/** Who has not moved yet has been in the first stage since the earliest that came along from another owner. */
function sinceWith({ since, visits }: LeadStage, { occurred_at }: Activity): number {
  const hasMoved = Object.values(visits).reduce((sum, times) => sum + times, 0) > 1;
  return hasMoved ? since : Math.min(since, occurred_at);
}

/** Who has done nothing of its own is quiet since it was first heard of. */
function ownOf({ seen: { own_at, own_historic, first_at }, historic }: Scored): Own | undefined {
  if (own_at !== null) return { at: own_at, historic: own_historic };
  return first_at === null ? undefined : { at: first_at, historic };
}
