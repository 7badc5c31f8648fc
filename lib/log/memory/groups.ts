import type { Member } from '#lib/flow/log';
import { createGroup, type Group } from '#lib/log/memory/group';

/** The groups of one log, by name. */
export interface Groups {
  /** Throws if the topics' partition counts differ from each other, or from those the group was made with. */
  join(name: string, topics: readonly string[], member: Member): Promise<() => Promise<void>>;
}

export function createGroups(partitionsOf: (topic: string) => number): Groups {
  const groups = new Map<string, Group>();
  return {
    async join(name, topics, member) {
      const counts = new Set(topics.map(partitionsOf));
      const [count] = counts;
      if (count === undefined || counts.size > 1) {
        throw new Error(
          `group ${name}: ${topics.join(', ')} must have equal partition counts, they have ${[...counts].join(', ')}`,
        );
      }
      const group = groups.get(name) ?? createGroup(count);
      if (group.partitions !== count) {
        throw new Error(`group ${name} shares ${group.partitions} partitions, not ${count}`);
      }
      groups.set(name, group);
      return group.join(member);
    },
  };
}
