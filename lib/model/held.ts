import type { Activity, JoinOpened } from '#schemas/generated/records';

/** Of a lead's state, what a join with another makes of it. */
export interface Held {
  /**
   * How many joins it waits for, to be told what was decided about the others, or that they were told what was decided about it: nothing
   * is decided about it meanwhile. Absent: none.
   */
  readonly joining?: number | undefined;
  /** It ends: nothing is decided about it any more; or has ended: of what is held here, what was decided still counts. */
  readonly closed?: 'ending' | 'ended' | undefined;
}

/** Whether nothing may be decided about a lead: it waits for the end of a join, or ends. */
export function isHeld({ joining = 0, closed }: Held): boolean {
  return joining > 0 || closed !== undefined;
}

/**
 * A lead has lost somebody to another and is asked what was decided about it. If it ends, nothing is decided any more; else nothing is
 * until it is told that the other knows, if it will be.
 */
export function asked<Lead extends Held>(
  lead: Lead,
  { ends, told_back }: Pick<JoinOpened, 'ends' | 'told_back'>,
): Lead {
  if (ends) return { ...lead, closed: 'ending' };
  return lead.closed === 'ending' || !told_back ? lead : waiting(lead);
}

/** A lead that had ended and comes back, as it was decided about. */
export function reopened<Lead extends Held>(lead: Lead): Lead {
  return lead.closed === 'ended' ? present(lead) : lead;
}

/** A lead that others become: it is there, whatever it was told before. */
export function present<Lead extends Held>(lead: Lead): Lead {
  return lead.closed === undefined ? lead : { ...lead, closed: undefined };
}

/** A lead waits for what was decided about one more. */
export function waiting<Lead extends Held>(lead: Lead): Lead {
  return { ...lead, joining: (lead.joining ?? 0) + 1 };
}

/** How many a lead waits for once it was told of one; undefined: none. */
export function stillJoining({ joining = 1 }: Held): number | undefined {
  return joining > 1 ? joining - 1 : undefined;
}

/** When an activity came that was logged at a time: before it, if it has waited for the end of a join. ms */
export function cameAt({ received_at }: Activity, loggedAt: number): number {
  return Math.min(received_at, loggedAt);
}
