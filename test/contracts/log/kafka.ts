import { randomUUID } from 'node:crypto';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { openKafkaLog } from '#lib/log/kafka/log';
import { KAFKA_DEFAULTS, type KafkaSettings } from '#lib/log/kafka/settings';
import { createTopics } from '#lib/log/kafka/topics/create';
import type { LogHarness } from '#test/contracts/log/given';

/** Settings of an installation that nobody else has: its topics, groups and transactional ids have a prefix of their own. */
export function ownSettings(brokers: readonly string[]): KafkaSettings {
  return { ...KAFKA_DEFAULTS, brokers, prefix: `test-${randomUUID().slice(0, 8)}.` };
}

const PLAN = { replication: 1, settings: {} };

/** Topics of their own for each harness; all schemas are known, so that no registry is asked. */
export async function kafkaHarness(
  brokers: readonly string[],
  settings: KafkaSettings = ownSettings(brokers),
): Promise<LogHarness> {
  const admin = createClient(settings).admin();
  await admin.connect();
  const registry = async () => ({ ...createRegistry(RECORD_SCHEMAS), ensure: async () => {} });
  const created = new Set<string>();
  return {
    async open(partitions) {
      const missing = Object.entries(partitions).filter(([topic]) => !created.has(topic));
      await createTopics(
        admin,
        missing.map(([topic, count]) => ({ name: `${settings.prefix}${topic}`, partitions: count, ...PLAN })),
      );
      for (const [topic] of missing) created.add(topic);
      return openKafkaLog({ settings, registry, clock: systemClock, topics: Object.keys(partitions) });
    },
    async dispose() {
      await admin.deleteTopics({ topics: Array.from(created, (topic) => `${settings.prefix}${topic}`) });
      await admin.disconnect();
    },
  };
}
