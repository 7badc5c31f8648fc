import type { Scoring } from '#lib/model/model';

/** The caps of a model's groups by name, points. */
export type GroupCaps = ReadonlyMap<string, number>;

/**
 * What the caps of a scoring depend on, as a text; empty: it has none. Two models of one text leave the same points of the same
 * contributions. A rule without a cap is part of it: it takes away the one that an earlier version of it had.
 */
export function capsText(
  { rules, cap, hasCaps }: Pick<Scoring, 'rules' | 'cap' | 'hasCaps'>,
  groups: GroupCaps,
): string {
  if (!hasCaps) return '';
  const byRule = rules.map((rule) => [rule.id, told(rule.cap), rule.group ?? null] as const);
  const byGroup = [...groups].map(([name, points]) => [name, told(points)] as const);
  return JSON.stringify([told(cap), byGroup.sort(byName), byRule.sort(byName)]);
}

/** null: no cap. */
function told(cap: number): number | null {
  return cap === Number.POSITIVE_INFINITY ? null : cap;
}

function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
