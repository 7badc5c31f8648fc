import { NOTHING_SEEN } from '#lib/facts/facts';
import type { DecaySum, Decisions, Facts, Seen, Staged } from '#schemas/generated/records';
import { dayOf, type Governing, type Ladder, type Reached, reach } from '#services/analyze/ladder';

/** A lead or visitor as analysts see it. One without activities that count is kept until it is merged, but not shown or counted. */
export interface LeadState {
  readonly known: boolean;
  /** Of the facts last published what rows tell: score says what is true of a lead, and nothing of it is derived here. */
  readonly email: string | null;
  readonly touch: Facts['first_touch'];
  readonly staff: boolean;
  /** What it has done, as last published. */
  readonly seen: Seen;
  /** Points at `scoreAt`, ms since 1970 UTC. */
  readonly score: number;
  readonly scoreAt: number;
  /** What the points at `scoreAt` fade to until `validUntil` (ms, exclusive; null: for ever). */
  readonly fading: readonly DecaySum[];
  readonly validUntil: number | null;
  /** Of the model that left these points. */
  readonly caps: Governing['caps'];
  readonly stage: string;
  readonly stageSince: number;
  readonly reached: readonly Reached[];
}

/** What a record of lead.stages makes of its lead, under the model in force. Time alone makes no new one. */
export function evolveLead(
  lead: LeadState | undefined,
  staged: Staged,
  { ladder, caps }: Governing,
): LeadState | undefined {
  const { scored, stage_after } = staged;
  if (stage_after === '' || (lead === undefined && scored === null)) return undefined;
  return {
    known: staged.known,
    ...toldOf(staged.facts, lead),
    seen: scored?.seen ?? lead?.seen ?? NOTHING_SEEN,
    ...scoreAfter(lead, staged, caps),
    stage: stage_after,
    stageSince: staged.moves.at(-1)?.at ?? lead?.stageSince ?? staged.at,
    reached: reachedAfter(lead?.reached ?? [], staged, ladder),
  };
}

function toldOf(facts: Facts | null, lead: LeadState | undefined): Pick<LeadState, 'email' | 'touch' | 'staff'> {
  if (facts !== null) return { email: facts.personal.email, touch: facts.first_touch, staff: facts.staff };
  const { email = null, touch = null, staff = false } = lead ?? {};
  return { email, touch, staff };
}

/** As score last said it, with the time that it is of: what stage does of its own accord says nothing new of it. */
function scoreAfter(
  lead: LeadState | undefined,
  { scored, at }: Staged,
  capsInForce: string,
): Pick<LeadState, 'score' | 'scoreAt' | 'fading' | 'validUntil' | 'caps'> {
  if (scored !== null) {
    const { score, fading, valid_until } = scored;
    return { score: score.after, scoreAt: score.at, fading, validUntil: valid_until, caps: capsInForce };
  }
  const { score = 0, scoreAt = at, fading = [], validUntil = null, caps = capsInForce } = lead ?? {};
  return { score, scoreAt, fading, validUntil, caps };
}

/** Whether a lead is shown and counted. */
export function isPresent(lead: LeadState | undefined): lead is LeadState {
  return lead !== undefined && lead.seen.activities > 0 && !lead.staff;
}

/** The source of the first activity that tells where the lead came from; empty: none does. */
export function sourceOf({ touch }: LeadState): string {
  return touch?.source ?? '';
}

function reachedAfter(before: readonly Reached[], staged: Staged, ladder: Ladder): readonly Reached[] {
  const { stage_before, stage_after, moves, at } = staged;
  let reached = stage_before === '' ? before : reach(before, stage_before, dayOf(at), ladder);
  for (const { stage } of visitsOfOthers(staged)) reached = reach(reached, stage, dayOf(at), ladder);
  for (const move of moves) {
    const day = dayOf(move.at);
    if (move.from_stage !== '') reached = reach(reached, move.from_stage, day, ladder);
    if (move.to_stage !== '') reached = reach(reached, move.to_stage, day, ladder);
  }
  return reach(reached, stage_after, dayOf(at), ladder);
}

/** Stages that it, or another that is this one now, was in before: it had ended and comes back, or is joined. */
function visitsOfOthers({ decisions, scored }: Staged): Decisions['visits'] {
  const joined = scored?.join_closed;
  if (joined?.ends === true) return joined.decisions.visits;
  return decisions?.visits ?? NO_VISITS;
}

const NO_VISITS: Decisions['visits'] = [];
