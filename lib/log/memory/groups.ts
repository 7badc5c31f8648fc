import type { Member, Sharing } from '#lib/flow/log';
import { createGroup, type Group } from '#lib/log/memory/group';

/** The groups of one log, by name. */
export interface Groups {
  /** Throws if the topics' partitions cannot be shared so, or the group was made with another number of shares. */
  join(name: string, sharing: Sharing, member: Member): Promise<() => Promise<void>>;
}

export function createGroups(partitionsOf: (topic: string) => number): Groups {
  const groups = new Map<string, Group>();
  return {
    async join(name, { topics, shares }, member) {
      for (const topic of topics) checkShares(topic, partitionsOf(topic), shares);
      const group = groups.get(name) ?? createGroup(shares);
      if (group.shares !== shares) throw new Error(`group ${name} has ${group.shares} shares, not ${shares}`);
      groups.set(name, group);
      return group.join(member);
    },
  };
}

/** Throws for a topic whose partitions do not divide into so many equal parts. */
export function checkShares(topic: string, partitions: number, shares: number): void {
  if (partitions % shares === 0) return;
  throw new Error(`${topic} has ${partitions} partitions, which cannot be shared in ${shares} equal parts`);
}
