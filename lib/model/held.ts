/** Of a lead's state, what a join with another makes of it. */
export interface Held {
  /** How many others it waits for, to be told what was decided about them: nothing is decided about it meanwhile. Absent: none. */
  readonly joining?: number | undefined;
  /** It ends: nothing is decided about it any more; or has ended: of what is held here, what was decided still counts. */
  readonly closed?: 'ending' | 'ended' | undefined;
}

/** Whether nothing may be decided about a lead: it waits for what was decided about another, or ends. */
export function isHeld({ joining = 0, closed }: Held): boolean {
  return joining > 0 || closed !== undefined;
}

/** A lead waits for what was decided about one more. */
export function waiting<Lead extends Held>(lead: Lead): Lead {
  return { ...lead, joining: (lead.joining ?? 0) + 1 };
}

/** How many a lead waits for once it was told of one; undefined: none. */
export function stillJoining({ joining = 1 }: Held): number | undefined {
  return joining > 1 ? joining - 1 : undefined;
}
