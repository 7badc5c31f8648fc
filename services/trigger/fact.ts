import type { Activity, JoinClosed, JoinOpened, MovedOut, Staged } from '#schemas/generated/records';

/** What a record of lead.stages means to programs. */
export type Fact =
  /** A live or historic activity: entries and exits are judged. */
  | { readonly kind: 'activity'; readonly activity: Activity }
  /** An activity that came from another owner: it is counted and fires nothing. */
  | { readonly kind: 'moved'; readonly activity: Activity }
  /** An activity that the model excludes: of it, programs heed an unsubscribe alone. */
  | { readonly kind: 'excluded'; readonly excluded: Activity }
  | { readonly kind: 'moved_out'; readonly movedOut: MovedOut }
  /** The lead is now part of another. */
  | { readonly kind: 'merged' }
  /** The lead is asked what was decided about it. */
  | { readonly kind: 'asked'; readonly join: JoinOpened }
  /** The lead waits for what was decided about another. */
  | { readonly kind: 'waits' }
  /** The lead is told what was decided about another. */
  | { readonly kind: 'joined'; readonly join: JoinClosed }
  /** The lead, which was asked and goes on, is told that the other knows. */
  | { readonly kind: 'released' }
  /** Time alone: only stage entries are judged. */
  | { readonly kind: 'wake' };

export function factOf(staged: Staged): Fact {
  const { scored } = staged;
  if (scored === null) return { kind: 'wake' };
  if (scored.cause === 'merged') return { kind: 'merged' };
  const { join_opened, join_closed } = scored;
  if (join_opened !== null) {
    const isAsked = join_opened.lead_id === join_opened.from_lead_id;
    return isAsked ? { kind: 'asked', join: join_opened } : { kind: 'waits' };
  }
  if (join_closed !== null) {
    const isAsked = join_closed.lead_id === join_closed.from_lead_id;
    return isAsked ? { kind: 'released' } : { kind: 'joined', join: join_closed };
  }
  if (scored.activity !== null) {
    if (scored.excluded !== null) return { kind: 'excluded', excluded: scored.activity };
    return { kind: scored.activity.cause === 'move' ? 'moved' : 'activity', activity: scored.activity };
  }
  if (scored.moved_out !== null) return { kind: 'moved_out', movedOut: scored.moved_out };
  return { kind: 'wake' };
}

/** Entries are judged at live and historic activities and at wake-ups, never at what comes from another owner. */
export function isJudged(fact: Fact): boolean {
  return fact.kind === 'activity' || fact.kind === 'wake';
}
