import type { Model } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity } from '#schemas/generated/records';
import { type Climbed, climb } from '#services/stage/climb';
import type { LeadStage } from '#services/stage/state';
import { nextWait, type Wait, waitAt } from '#services/stage/waiting';

/** What a lead climbs at an activity, or (null) at a wake-up. */
export function judge(lead: LeadStage, activity: Activity | null, at: number, model: Model): Climbed {
  const { stage, since, visits, known, score, grade, disqualified, told, heardAt, own } = lead;
  const subject = activity === null ? undefined : subjectOf(activity);
  const quietSince = own?.at;
  const standing = { stage, since, visits, known, score, grade, disqualified, told, heardAt, subject, quietSince, at };
  return climb(standing, model.stages);
}

/** A lead whose stage was judged. */
export function movedBy(lead: LeadStage, { moves, since, visits, heardAt }: Climbed): LeadStage {
  const last = moves.at(-1);
  const told = lead.told.length === 0 ? lead.told : [];
  if (last === undefined) return told === lead.told ? lead : { ...lead, told };
  return { ...lead, stage: last.to_stage, since, visits, heardAt, told };
}

/** A moment at which a lead had waited for long enough, and moved. */
export interface Waited {
  readonly before: LeadStage;
  readonly after: LeadStage;
  readonly moves: Climbed['moves'];
  readonly wait: Wait;
  /** ms */
  readonly at: number;
}

/** What waiting leads to by a time: of who was held meanwhile, at each moment at which a wait was over; of all others at that time. */
export function waitedUntil(
  lead: LeadStage,
  until: number,
  model: Model,
): { readonly lead: LeadStage; readonly waited: readonly Waited[] } {
  const waited: Waited[] = [];
  let before = lead;
  for (let at = -Infinity; ; ) {
    const over = nextWait(before, model.stages, at);
    if (over === undefined || over.at > until) return { lead: before, waited };
    at = lead.held === undefined ? until : Math.max(lead.held.since, over.at);
    const climbed = judge(before, null, at, model);
    const { moves } = climbed;
    const after = movedBy(before, climbed);
    if (moves.length > 0) waited.push({ before, after, moves, wait: waitAt(before, model.stages, at) ?? over, at });
    before = after;
  }
}
