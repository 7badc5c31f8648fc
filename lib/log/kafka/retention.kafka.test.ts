import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { createClient } from '#lib/log/kafka/client';
import { TOPICS } from '#schemas/topics';
import { EVENTS, events, FOREVER, type LogHarness } from '#test/contracts/log/given';
import { kafkaHarness, ownSettings } from '#test/contracts/log/kafka';
import { retentionContract } from '#test/contracts/log/retention';

retentionContract('the log on Kafka', async () => {
  const settings = ownSettings(inject('kafka').brokers);
  const harness = await kafkaHarness(settings.brokers, settings);
  return {
    open: () => harness.open({ [TOPICS.events]: 1 }),
    async expireBefore(offset, log) {
      const admin = createClient(settings).admin();
      await admin.connect();
      const topic = `${settings.prefix}${EVENTS.topic}`;
      await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
      await admin.disconnect();
      return log;
    },
    dispose: () => harness.dispose(),
  };
});

describe('a topic on Kafka', () => {
  let harness: LogHarness;
  let log: Log;
  beforeEach(async () => {
    harness = await kafkaHarness(inject('kafka').brokers);
    log = await harness.open({ [TOPICS.events]: 1 });
    await log.publish(events(0, 10));
  });
  afterEach(async () => {
    await log.close();
    await harness.dispose();
  });

  it('does not let anyone go on who is further than it ends', async () => {
    await expect(log.reader(EVENTS, 50).next(100, FOREVER)).rejects.toThrow('it ends before that');
  });
});
