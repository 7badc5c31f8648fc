import type { Named } from '#test/given/batch/named';

/** Which userIds and emails are one lead: pairs of identifiers. */
export type Links = readonly (readonly [string, string])[];

/**
 * The links that join, from the set of events: named together later than the last event that unmerges both, and neither of
 * the two shared by more than `partners` others; and who is.
 */
export function linksIn(
  events: readonly Named[],
  partners: number,
): { readonly joining: Links; readonly shared: ReadonlySet<string> } {
  const together = new Map<string, number>();
  const parted = new Map<string, number>();
  for (const { event, strong, unmerges } of events) {
    const times = unmerges ? parted : together;
    for (const pair of unmerges ? everyPair(strong) : withStrongest(strong)) {
      const name = nameOf(pair);
      times.set(name, Math.max(times.get(name) ?? Number.NEGATIVE_INFINITY, event.occurred_at));
    }
  }
  const counting = [...together]
    .filter(([name, at]) => at > (parted.get(name) ?? Number.NEGATIVE_INFINITY))
    .map(([name]) => JSON.parse(name) as [string, string]);
  const partnersOf = (one: string) => counting.filter((pair) => pair.includes(one)).length;
  const shared = new Set(counting.flat().filter((one) => partnersOf(one) > partners));
  return { joining: counting.filter((pair) => !pair.some((one) => shared.has(one))), shared };
}

function withStrongest([strongest, ...others]: readonly string[]): Links {
  return strongest === undefined ? [] : others.map((other) => [strongest, other] as const);
}

function everyPair(strong: readonly string[]): Links {
  return strong.flatMap((one, i) => strong.slice(i + 1).map((other) => [one, other] as const));
}

function nameOf(pair: readonly [string, string]): string {
  return JSON.stringify([...pair].sort());
}
