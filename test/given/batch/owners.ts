import type { LeadEvent } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { leadIds } from '#test/given/batch/leads';
import { inTime, keyOf, leadIdOf, type Named, named } from '#test/given/batch/named';

/** An identifier named together with more others than this is shared: it joins nobody. */
const PARTNERS = 20;

/** So many addresses of a lead count as its own, in their order. */
const MOST_ADDRESSES = 100;

/**
 * Whose each event is, as a batch computes it without any code of identify: event key → lead or visitor id. `events` are in the
 * order of the log, which leads' ids follow; who is one with whom follows from their set alone. Events that name nobody
 * have no owner.
 */
export function batchOwners(events: readonly LeadEvent[], partners = PARTNERS): ReadonlyMap<string, string> {
  const logged = distinct(events);
  const leads = leadIds(logged, partners);
  const all = logged.toSorted(inTime);
  const owners = new Map<string, string>();
  for (const one of all) {
    const strongest = one.strong[0] ?? (one.device === undefined ? undefined : user(all, one.device, one.event));
    const founder = strongest ?? one.device;
    if (founder !== undefined) owners.set(one.key, leads.get(founder) ?? leadIdOf(founder));
  }
  return owners;
}

/** The leads that there are in the end. `events` as above. */
export function batchLeads(events: readonly LeadEvent[], partners = PARTNERS): ReadonlySet<string> {
  return new Set(leadIds(distinct(events), partners).values());
}

/** The mail addresses of each lead, as identify writes them: lead id → `email.HASH` in order. `events` as above. */
export function batchAddresses(
  events: readonly LeadEvent[],
  partners = PARTNERS,
): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const [identifier, lead] of leadIds(distinct(events), partners)) {
    if (!identifier.startsWith('email ')) continue;
    addresses.set(lead, [...(addresses.get(lead) ?? []), identifier.replace(' ', '.')].sort());
  }
  for (const [lead, all] of addresses) addresses.set(lead, all.slice(0, MOST_ADDRESSES));
  return addresses;
}

function distinct(events: readonly LeadEvent[]): readonly Named[] {
  const first = new Map<string, Named>();
  for (const one of events.map(named)) if (!first.has(one.key)) first.set(one.key, one);
  return [...first.values()];
}

/** Events in the order in which identify settled them, each once. */
export function asLogged(events: readonly LeadEvent[], log: readonly ActivityMessage[]): readonly LeadEvent[] {
  const seqs = new Map<string, number>();
  for (const { type, value } of log) {
    if (type === 'Activity' && value.cause !== 'move') seqs.set(keyOf(value), value.seq);
  }
  const seqOf = (event: LeadEvent) => seqs.get(keyOf(event)) ?? Number.POSITIVE_INFINITY;
  return events.toSorted((a, b) => seqOf(a) - seqOf(b));
}

/** Who used a device when an event occurred: the last who was named with it at or before, else the first after. */
function user(all: readonly Named[], device: string, { occurred_at }: LeadEvent): string | undefined {
  const claims = all.filter((claim) => isClaim(claim, device) && !isCut(all, device, claim));
  const before = claims.findLast(({ event }) => event.occurred_at <= occurred_at);
  return (before ?? claims[0])?.strong[0];
}

/** Whether an event says who uses a device. */
function isClaim({ strong, device, previousDevice, unmerges }: Named, of: string): boolean {
  return !unmerges && strong.length > 0 && (device === of || previousDevice === of);
}

/** Whether an event unmerges the device and whom the claim names, at its moment or later. */
function isCut(all: readonly Named[], device: string, claim: Named): boolean {
  return all.some(
    (one) =>
      one.unmerges &&
      one.device === device &&
      one.strong.includes(claim.strong[0] ?? '') &&
      one.event.occurred_at >= claim.event.occurred_at,
  );
}
