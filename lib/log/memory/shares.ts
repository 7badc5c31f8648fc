/** Which partitions each member of a group has. */
export type Shares<Member> = ReadonlyMap<Member, readonly number[]>;

/**
 * Shares partitions 0 to `count` - 1 among members as evenly as can be, moving as few as possible: a partition that
 * moves costs its new owner the rebuilding of its store.
 */
export function share<Member>(count: number, members: readonly Member[], before: Shares<Member>): Shares<Member> {
  const held = members.map((member) => ({ member, had: before.get(member) ?? [] }));
  const byHolding = held.toSorted((a, b) => b.had.length - a.had.length);
  const base = Math.floor(count / Math.max(1, members.length));
  const larger = count - base * members.length;
  const quota = new Map(byHolding.map(({ member }, rank) => [member, rank < larger ? base + 1 : base]));

  const after = new Map(held.map(({ member, had }) => [member, had.slice(0, quota.get(member) ?? 0)]));
  const kept = new Set([...after.values()].flat());
  const free = Array.from({ length: count }, (_, partition) => partition).filter((partition) => !kept.has(partition));
  for (const [member, partitions] of after) {
    const missing = (quota.get(member) ?? 0) - partitions.length;
    after.set(
      member,
      [...partitions, ...free.splice(0, missing)].toSorted((a, b) => a - b),
    );
  }
  return after;
}
