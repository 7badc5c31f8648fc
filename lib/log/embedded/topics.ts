import { checkName, type Settings, settingsOf } from '#lib/log/embedded/settings';

/** A topic as the log knows it. */
export interface TopicSetting {
  /** Stands for the name in the keys of records; below 2^16. */
  readonly id: number;
  readonly partitions: number;
}

const MAX_PARTITIONS = 2 ** 16;

/** Partition counts by topic; or what they are to be, by those that the log has already, of none if it is new. */
export type Partitions =
  | Readonly<Record<string, number>>
  | ((stored: ReadonlyMap<string, number>) => Readonly<Record<string, number>>);

/**
 * The log's topics: those it was made with and new ones among `wanted`, which are to be stored. Throws if a partition
 * count differs from the stored one: a lead would be looked for in another partition.
 */
export function settleTopics(
  settings: Settings,
  wanted: Partitions,
): { readonly topics: ReadonlyMap<string, TopicSetting>; readonly added: readonly string[] } {
  const topics = storedTopics(settings);
  const counts =
    typeof wanted === 'function'
      ? wanted(new Map(Array.from(topics, ([name, { partitions }]) => [name, partitions])))
      : wanted;
  let nextId = 1 + Math.max(0, ...[...topics.values()].map(({ id }) => id));
  const added: string[] = [];
  for (const [name, partitions] of Object.entries(counts)) {
    const stored = topics.get(name);
    if (stored === undefined) {
      if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
        throw new Error(`topic ${name} cannot have ${partitions} partitions; 1 to ${MAX_PARTITIONS} are possible`);
      }
      topics.set(checkName(name), { id: nextId++, partitions });
      added.push(name);
    } else if (stored.partitions !== partitions) {
      throw new Error(
        `topic ${name} has ${stored.partitions} partitions in this log, not ${partitions}; the number is fixed for the log's life: set it back, or start a new log`,
      );
    }
  }
  return { topics, added };
}

/** The topics that the log was made with, or got later. */
export function storedTopics(settings: Settings): Map<string, TopicSetting> {
  const topics = new Map<string, TopicSetting>();
  for (const [name, setting] of settingsOf(settings, 'topic')) {
    if (isTopicSetting(setting)) topics.set(String(name), setting);
  }
  return topics;
}

function isTopicSetting(value: unknown): value is TopicSetting {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'number' &&
    'partitions' in value &&
    typeof value.partitions === 'number'
  );
}
