/**
 * Who used a device: for a run of identifying events that name the same lead, its first and its last. Runs are in order of
 * time and don't overlap; neighbours name different leads.
 */
export interface Claim {
  readonly lead_id: string;
  /** occurred_at of the run's first and last identifying event, ms. */
  readonly first: number;
  readonly last: number;
}

/** The owner of a device's event: the last identify at or before it, else the first after; undefined if nobody claimed the device. */
export function ownerAt(claims: readonly Claim[], occurredAt: number): string | undefined {
  let owner = claims[0]?.lead_id;
  for (const claim of claims) {
    if (claim.first > occurredAt) break;
    owner = claim.lead_id;
  }
  return owner;
}

/** The claims with one more identifying event. Returns the same array if that says nothing new. */
export function claimed(claims: readonly Claim[], leadId: string, occurredAt: number): readonly Claim[] {
  const before = claims.findLastIndex((claim) => claim.first <= occurredAt);
  const previous = claims[before];
  const next = claims[before + 1];
  if (previous?.lead_id === leadId) {
    if (previous.last >= occurredAt) return claims;
    return claims.with(before, { ...previous, last: occurredAt });
  }
  const own: Claim = { lead_id: leadId, first: occurredAt, last: occurredAt };
  if (previous !== undefined && previous.last > occurredAt) {
    const rest: Claim = { ...previous, first: previous.last };
    return [...claims.slice(0, before), { ...previous, last: previous.first }, own, rest, ...claims.slice(before + 1)];
  }
  if (next?.lead_id === leadId) {
    return claims.with(before + 1, { ...next, first: occurredAt });
  }
  return [...claims.slice(0, before + 1), own, ...claims.slice(before + 1)];
}
