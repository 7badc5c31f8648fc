import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { createClient } from '#lib/log/kafka/client';
import { TOPICS } from '#schemas/topics';
import { EVENTS, events, FOREVER, type LogHarness } from '#test/contracts/log/given';
import { kafkaHarness, ownSettings } from '#test/contracts/log/kafka';

describe('a topic whose oldest records have expired', () => {
  const settings = ownSettings(inject('kafka').brokers);
  let harness: LogHarness;
  let log: Log;
  beforeEach(async () => {
    harness = await kafkaHarness(settings.brokers, settings);
    log = await harness.open({ [TOPICS.events]: 1 });
    await log.publish(events(0, 10));
    const admin = createClient(settings).admin();
    await admin.connect();
    const topic = `${settings.prefix}${EVENTS.topic}`;
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] });
    await admin.disconnect();
  });
  afterEach(async () => {
    await log.close();
    await harness.dispose();
  });

  it('is read from the oldest that is kept on by whoever begins', async () => {
    expect(await log.start(EVENTS)).toBe(4);
    const records = await log.reader(EVENTS, 0).next(100, FOREVER);
    expect(records.map(({ offset }) => offset)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('does not let anyone go on who had not come so far: what is missing would be passed over in silence', async () => {
    const reading = log.reader(EVENTS, 2).next(100, FOREVER);
    await expect(reading).rejects.toMatchObject({ code: 'position_lost', retriable: false });
    await expect(log.reader(EVENTS, 2).next(100, FOREVER)).rejects.toThrow('before 4 have expired unread');
  });

  it('does not let anyone go on who is further than it ends', async () => {
    await expect(log.reader(EVENTS, 50).next(100, FOREVER)).rejects.toThrow('it ends before that');
  });
});
