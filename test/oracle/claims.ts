import type { Named } from '#test/oracle/identifiers';

/** That somebody was named on a device. */
interface Claim {
  readonly at: number;
  readonly person: string;
}

/** Device → who was named on it, in order of time. */
export type Claims = ReadonlyMap<string, readonly Claim[]>;

/** Who used which device when, without what an unmerge takes back: what it names was claimed by mistake until then. */
export function claimsOf(all: readonly Named[]): Claims {
  const claims = new Map<string, Claim[]>();
  const add = (device: string | undefined, claim: Claim) => {
    if (device !== undefined) claims.set(device, [...(claims.get(device) ?? []), claim]);
  };
  for (const { event, strong, device, otherDevice } of all) {
    const person = strong[0];
    if (event.name === 'unmerged' || person === undefined) continue;
    add(device, { at: event.at, person });
    if (otherDevice !== device) add(otherDevice, { at: event.at, person });
  }
  for (const { event, strong, device } of all) {
    if (event.name !== 'unmerged' || device === undefined) continue;
    const isTakenBack = ({ at, person }: Claim) => at <= event.at && strong.includes(person);
    claims.set(device, claims.get(device)?.filter((claim) => !isTakenBack(claim)) ?? []);
  }
  return claims;
}

/** Who used a device at a time: the last who was named on it at or before, else the first after. */
export function userOf(claims: Claims, device: string, at: number): string | undefined {
  const own = claims.get(device) ?? [];
  return (own.findLast((claim) => claim.at <= at) ?? own[0])?.person;
}
