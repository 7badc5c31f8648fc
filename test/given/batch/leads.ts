import type { Links } from '#test/given/batch/links';
import { compareText, leadIdOf, type Named } from '#test/given/batch/named';

/** The lead id of each userId and email: that of the earliest identifier among those it is joined with. */
export function leadIds(events: readonly Named[], links: Links): ReadonlyMap<string, string> {
  const first = new Map<string, number>();
  for (const { event, strong } of events) {
    for (const one of strong) first.set(one, Math.min(first.get(one) ?? Number.POSITIVE_INFINITY, event.occurred_at));
  }
  const earlier = (a: string, b: string) =>
    (first.get(a) ?? 0) - (first.get(b) ?? 0) || rank(a) - rank(b) || compareText(a, b);
  const leads = new Map<string, string>();
  for (const one of [...first.keys()].sort(earlier)) {
    for (const member of leads.has(one) ? [] : reached(one, links)) leads.set(member, leadIdOf(one));
  }
  return leads;
}

function rank(identifier: string): number {
  return identifier.startsWith('user ') ? 0 : 1;
}

/** All that links lead to, itself included. */
function reached(from: string, links: Links): ReadonlySet<string> {
  const found = new Set([from]);
  for (const one of found) {
    for (const pair of links) if (pair.includes(one)) for (const other of pair) found.add(other);
  }
  return found;
}
