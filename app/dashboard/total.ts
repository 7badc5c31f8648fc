/** What contributions come to. */
export interface Total {
  readonly count: number;
  readonly points: number;
  readonly capped: number;
}

export const NOTHING: Total = { count: 0, points: 0, capped: 0 };

/** What these contributions come to, on top of others that are summed up. */
export function totalOf(entries: readonly Omit<Total, 'count'>[], others: Total = NOTHING): Total {
  return {
    count: entries.length + others.count,
    points: entries.reduce((sum, { points }) => sum + points, others.points),
    capped: entries.reduce((sum, { capped }) => sum + capped, others.capped),
  };
}
