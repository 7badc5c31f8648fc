import { cameAt, isHeld } from '#lib/model/held';
import type { Activity, Scored } from '#schemas/generated/records';
import type { LeadStage, Own } from '#services/stage/state';

// What comes and falls due about a lead while nothing may be decided about it, because of a join. Once something may be, all
// that is judged at the moment at which it would have been: when the answer came decides nothing.

/** Notes from when on nothing may be decided about a lead, and until when. `at`: the time of the record that says so. */
export function noting(lead: LeadStage, at: number): LeadStage {
  const { held } = lead;
  if (isHeld(lead)) {
    if (held !== undefined && held.until === undefined) return lead;
    return { ...lead, held: { since: held?.since ?? at, until: undefined } };
  }
  return held === undefined || held.until !== undefined ? lead : { ...lead, held: { ...held, until: at } };
}

/** A wake-up of score's that comes while nothing may be decided. */
export function owing(lead: LeadStage, one: Own): LeadStage {
  return { ...lead, owed: [...(lead.owed ?? []), one] };
}

/** The moment of which a record tells: of an activity that has waited, when it came; of all others, that of the record. */
export function momentOf({ held }: LeadStage, scored: Scored): number {
  const reported = reportedIn(scored);
  if (held?.until !== scored.logged_at || reported === undefined) return scored.at;
  return Math.max(held.since, cameAt(reported, scored.at));
}

/** The activity that a record brings; undefined: none, or one that comes from another owner. */
export function reportedIn({ activity }: Scored): Activity | undefined {
  return activity === null || activity.cause === 'move' ? undefined : activity;
}

/** What fell due before a moment has been judged. */
export function owingFrom(lead: LeadStage, moment: number): LeadStage {
  const { held, owed } = lead;
  if (held === undefined || held.since >= moment) return lead;
  return { ...lead, held: { ...held, since: moment }, owed: owed?.filter(({ at }) => at >= moment) };
}

/** A lead at a time: after the moment at which all could be judged that had waited, nothing of it is left. */
export function owingNothing(lead: LeadStage, at: number): LeadStage {
  if (lead.held?.until === undefined || at <= lead.held.until) return lead;
  const { held: _, owed: __, ...rest } = lead;
  return rest;
}
