import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import { EVENTS, events, FOREVER, position } from '#test/contracts/log/given';

/** A log for one test, whose records can be made to expire. */
export interface ExpiringHarness {
  /** A log of lead.events with one partition. */
  open(): Promise<Log>;
  /** The records of lead.events before an offset expire; the log that holds them then. */
  expireBefore(offset: number, log: Log): Promise<Log>;
  dispose(): Promise<void>;
}

/** What every log does whose records expire. */
export function retentionContract(name: string, createHarness: () => Promise<ExpiringHarness>): void {
  describe(`${name}, of a topic whose oldest records have expired`, () => {
    let harness: ExpiringHarness;
    let log: Log;
    beforeEach(async () => {
      harness = await createHarness();
      log = await harness.open();
      await log.publish(events(0, 4));
      const task = await log.open('identify');
      await task.commit([], [position(EVENTS, 4)]);
      await log.publish(events(4, 6));
      log = await harness.expireBefore(4, log);
    });
    afterEach(async () => {
      await log.close();
      await harness.dispose();
    });

    it('whoever begins reads from the oldest that is kept', async () => {
      expect(await log.start(EVENTS)).toBe(4);
      const records = await log.reader(EVENTS, START.offset).next(100, FOREVER);
      expect(records.map(({ offset }) => offset)).toEqual([4, 5, 6, 7, 8, 9]);
    });

    it('nobody goes on who had not come so far: what is missing would be passed over in silence', async () => {
      const reading = log.reader(EVENTS, 2).next(100, FOREVER);
      await expect(reading).rejects.toMatchObject({ code: 'position_lost', retriable: false });
      await expect(log.reader(EVENTS, 2).next(100, FOREVER)).rejects.toThrow('before 4 have expired');
    });

    it('whoever had come so far goes on, and what is published comes behind it', async () => {
      await log.publish(events(10, 1));
      const records = await log.reader(EVENTS, 4).next(100, FOREVER);
      expect(records.map(({ offset }) => offset).slice(0, 6)).toEqual([4, 5, 6, 7, 8, 9]);
      expect(await log.end(EVENTS)).toBe(11);
    });
  });
}
