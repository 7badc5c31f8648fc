import { beforeEach, describe, expect, it } from 'vitest';
import type { Log, LogReader } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';
import { activityAt, FOREVER, readAll, ticks } from '#test/contracts/log/given';
import { tickMessage } from '#test/contracts/messages';

/** How every log is read. */
export function readersContract(current: () => Log): void {
  describe('readers', () => {
    let log: Log;
    beforeEach(() => {
      log = current();
    });

    it('give at most as many records as asked for, from any offset on', async () => {
      await log.publish(ticks(activityAt(0), 0, 10));
      const all = await readAll(log, activityAt(0));
      const reader = log.reader<AnyMessage>(activityAt(0), all[4]?.offset ?? 0);

      expect(await reader.next(3, FOREVER)).toEqual(all.slice(4, 7));
      expect(await reader.next(100, FOREVER)).toEqual(all.slice(7));
    });

    it('wait at the end until something comes', async () => {
      const reader = log.reader<AnyMessage>(activityAt(0), await log.end(activityAt(0)));
      const waiting = reader.next(10, FOREVER);
      await log.publish(ticks(activityAt(1), 50, 1));
      await log.publish(ticks(activityAt(0), 7, 2));

      expect((await waiting).map(({ value }) => value)).toEqual([tickMessage(7), tickMessage(8)]);
    });

    it('several wait for the same', async () => {
      const readers = Array.from({ length: 5 }, () => log.reader<AnyMessage>(activityAt(0), 0));
      const waiting = readers.map((reader) => reader.next(1, FOREVER));
      await log.publish(ticks(activityAt(0), 7, 1));

      expect((await Promise.all(waiting)).flat().map(({ value }) => value)).toEqual(Array(5).fill(tickMessage(7)));
    });

    it('stop waiting when the signal is aborted, and go on with another signal', async () => {
      const reader = log.reader<AnyMessage>(activityAt(0), 0);
      const controller = new AbortController();
      const waiting = reader.next(1, controller.signal);
      controller.abort();

      expect(await waiting).toEqual([]);
      expect(await reader.next(1, controller.signal)).toEqual([]);
      await log.publish(ticks(activityAt(0), 7, 1));
      expect((await reader.next(1, FOREVER)).map(({ value }) => value)).toEqual([tickMessage(7)]);
    });

    it('stop waiting when they are closed, or the log is', async () => {
      const closing: LogReader = log.reader(activityAt(0), 0);
      const open: LogReader = log.reader(activityAt(0), 0);
      const waiting = [closing.next(1, FOREVER), open.next(1, FOREVER)];
      await closing.close();
      expect(await waiting[0]).toEqual([]);

      await log.close();
      expect(await waiting[1]).toEqual([]);
      expect(await open.next(1, FOREVER)).toEqual([]);
    });

    it('of different speeds all see everything, while it is written', async () => {
      const total = 400;
      const read = async (limit: number) => {
        const reader = log.reader<AnyMessage>(activityAt(0), 0);
        const found: unknown[] = [];
        while (found.length < total) found.push(...(await reader.next(limit, FOREVER)).map(({ value }) => value));
        return found;
      };
      const write = async () => {
        for (let n = 0; n < total; n += 8) await log.publish(ticks(activityAt(0), n, 8));
      };
      const [slow, middle, fast] = await Promise.all([read(1), read(13), read(1000), write()]);

      const expected = Array.from({ length: total }, (_, n) => tickMessage(n));
      expect(slow).toEqual(expected);
      expect(middle).toEqual(expected);
      expect(fast).toEqual(expected);
    });
  });
}
