/** How large a contribution is among others. A rule without points is there because it disqualifies, which is above all. */
export function weightOf({ raw, points }: { readonly raw: number; readonly points: number }): number {
  return raw === 0 ? Number.POSITIVE_INFINITY : Math.abs(points);
}
