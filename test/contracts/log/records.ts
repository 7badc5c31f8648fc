import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { activityAt, LETTERS, readAll, ticks, valuesOf } from '#test/contracts/log/given';
import { activityMessage, deadLetterMessage, tickMessage } from '#test/contracts/messages';

/** What topics and their records are on every log. */
export function recordsContract(current: () => Log): void {
  describe('topics', () => {
    let log: Log;
    beforeEach(() => {
      log = current();
    });

    it('have the partitions they were made with', () => {
      expect(log.partitions(TOPICS.activity)).toBe(3);
      expect(log.partitions(TOPICS.events)).toBe(1);
    });

    it('other topics and partitions are refused', async () => {
      expect(() => log.partitions('lead.unknown')).toThrow('lead.unknown');
      await expect(log.publish(ticks({ topic: 'lead.unknown', partition: 0 }, 0, 1))).rejects.toThrow('lead.unknown');
      await expect(log.publish([...ticks(activityAt(0), 0, 1), ...ticks(activityAt(3), 0, 1)])).rejects.toThrow('3');
      expect(await valuesOf(log, activityAt(0))).toEqual([]);
    });

    it('start empty', async () => {
      expect(await log.start(activityAt(1))).toBe(await log.end(activityAt(1)));
    });
  });

  describe('records', () => {
    let log: Log;
    beforeEach(() => {
      log = current();
    });

    it('come back in the order in which they were published, partition by partition', async () => {
      await log.publish([
        ...ticks(activityAt(0), 0, 5),
        ...ticks(activityAt(2), 100, 2),
        ...ticks(activityAt(0), 5, 5),
      ]);
      await log.publish(ticks(activityAt(0), 10, 5));

      const records = await readAll(log, activityAt(0));
      expect(records.map(({ value }) => value)).toEqual(Array.from({ length: 15 }, (_, n) => tickMessage(n)));
      expect(records.map(({ offset }) => offset)).toEqual(
        records.map(({ offset }) => offset).toSorted((a, b) => a - b),
      );
      expect(await valuesOf(log, activityAt(1))).toEqual([]);
      expect(await valuesOf(log, activityAt(2))).toEqual([tickMessage(100), tickMessage(101)]);
    });

    it('keep their place and key: null is not an empty key', async () => {
      const keys = [null, '', 'lead', '東京 😀', 'k'.repeat(3000)];
      await log.publish(keys.map((key) => ({ ...activityAt(1), key, value: activityMessage(1) })));

      const records = await readAll(log, activityAt(1));
      expect(records.map(({ key }) => key)).toEqual(keys);
      expect(records.every(({ topic, partition }) => topic === TOPICS.activity && partition === 1)).toBe(true);
    });

    it('of any content come back as they were', async () => {
      const types = ['Activity', 'MovedOut', 'Merged', 'Tick', 'ModelApplied'];
      const message = fc
        .constantFrom(...types)
        .chain((type) => arbitraryRecord(type).map((value) => ({ type, value })));
      await fc.assert(
        fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
          const from = await log.end(activityAt(0));
          await log.publish(messages.map((value) => ({ ...activityAt(0), key: null, value })));
          const read = (await readAll(log, activityAt(0), from)).map(({ value }) => value);
          expect(isDeepStrictEqual(read, messages)).toBe(true);
        }),
        { numRuns: 20 },
      );
    });

    it('large and small ones mix', async () => {
      const letters = [10, 500_000, 3, 70_000, 0].map((size, n) => deadLetterMessage(n, size));
      await log.publish(letters.map((value) => ({ ...LETTERS, key: null, value })));

      expect(isDeepStrictEqual(await valuesOf(log, LETTERS), letters)).toBe(true);
    });

    it('publishes that are not waited for stay in order', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => log.publish(ticks(activityAt(0), 2 * n, 2))));

      expect(await valuesOf(log, activityAt(0))).toEqual(Array.from({ length: 100 }, (_, n) => tickMessage(n)));
    });

    it('start and end tell where the oldest is and where the next will be', async () => {
      await log.publish(ticks(activityAt(0), 0, 3));
      const records = await readAll(log, activityAt(0));

      expect(await log.start(activityAt(0))).toBe(records[0]?.offset);
      expect(await log.end(activityAt(0))).toBe(Number(records[2]?.offset) + 1);
      await log.publish([]);
      expect(await log.end(activityAt(0))).toBe(Number(records[2]?.offset) + 1);
    });
  });
}
