import { stillJoining } from '#lib/model/held';
import type { StageLadder } from '#lib/model/model';
import type { Decisions, JoinClosed, StageMove } from '#schemas/generated/records';
import type { LeadStage } from '#services/stage/state';

/** The rule of a move that comes of a join. */
export const JOINED = 'joined';

/** What was decided of a lead's stage. Of programs nothing: trigger knows. */
export function decisionsOf(lead: LeadStage | undefined): Decisions {
  const programs = { entered: [], enrolments: [], sends: [] };
  if (lead === undefined) return { stage: '', since: 0, heard_at: 0, visits: [], ...programs };
  const visits = Object.entries(lead.visits)
    .map(([stage, times]) => ({ stage, times }))
    .sort((a, b) => (a.stage < b.stage ? -1 : 1));
  return { stage: lead.stage, since: lead.since, heard_at: lead.heardAt, visits, ...programs };
}

/** What stays of a lead that has ended: what was decided about it. */
export function ended({ stage, since, visits, heardAt }: LeadStage, blank: LeadStage): LeadStage {
  return { ...blank, stage, since, visits, heardAt, known: true, closed: 'ended' };
}

export interface Joined {
  readonly lead: LeadStage;
  readonly moves: readonly StageMove[];
}

/**
 * A lead is told what was decided about another that is this one now: of their stages the one further on holds, since it was
 * entered; how often each was entered is known from both. Of somebody else who goes on it takes nothing.
 */
export function joinedWith(
  lead: LeadStage,
  { ends, decisions, from_lead_id }: JoinClosed,
  ladder: StageLadder | undefined,
): Joined {
  const { joining: _, ...rest } = lead;
  const joining = stillJoining(lead);
  const open: LeadStage = joining === undefined ? rest : { ...rest, joining };
  if (!ends || decisions.stage === '') return { lead: open, moves: NONE };
  const { stage, since, heard_at } = decisions;
  const other = { stage, since, heardAt: heard_at };
  const visits = { ...open.visits };
  for (const { stage: one, times } of decisions.visits) visits[one] = Math.max(visits[one] ?? 0, times);
  const heardAt = Math.max(open.heardAt, heard_at);
  if (stage === open.stage) {
    return { lead: { ...open, visits, heardAt, since: Math.min(open.since, since) }, moves: NONE };
  }
  if (ladder === undefined || !isFurther(other, open, ladder))
    return { lead: { ...open, visits, heardAt }, moves: NONE };
  const move: StageMove = {
    from_stage: open.stage,
    to_stage: stage,
    reason: `joined with ${from_lead_id}`,
    at: since,
    rule: JOINED,
    from_since: open.since,
    visit: visits[stage] ?? 1,
  };
  return { lead: { ...open, stage, since, visits, heardAt }, moves: [move] };
}

type Standing = Pick<LeadStage, 'stage' | 'since' | 'heardAt'>;

/**
 * On the ladder the higher one. Who stands beside it counts as further if the last behaviour that moved it occurred after that of the
 * other: sales turned it down, say. Having been quiet does not.
 */
function isFurther(one: Standing, other: Standing, { ladder, beside }: StageLadder): boolean {
  const [rank, otherRank] = [ladder.indexOf(one.stage), ladder.indexOf(other.stage)];
  if (rank >= 0 && otherRank >= 0) return rank > otherRank;
  if (rank < 0 && otherRank < 0) return beside.includes(one.stage) && one.since > other.since;
  if (rank < 0) return beside.includes(one.stage) && one.heardAt > other.heardAt;
  return !beside.includes(other.stage) || other.heardAt <= one.heardAt;
}

const NONE: readonly StageMove[] = [];
