import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import {
  activityAt,
  CONTRACT_PARTITIONS,
  EVENTS,
  events,
  type LogHarness,
  position,
  ticks,
  valuesOf,
} from '#test/contracts/log/given';
import { groupsContract } from '#test/contracts/log/groups';
import { namedPositionsContract } from '#test/contracts/log/named-positions';
import { readersContract } from '#test/contracts/log/readers';
import { recordsContract } from '#test/contracts/log/records';
import { tasksContract } from '#test/contracts/log/tasks';
import { eventMessage, tickMessage } from '#test/contracts/messages';

/** What every Log does. `durable`: the log outlives its process. */
export function logContract(name: string, durable: boolean, createHarness: () => Promise<LogHarness>): void {
  describe(`${name} keeps the contract of a log`, () => {
    let harness: LogHarness;
    let log: Log;
    beforeEach(async () => {
      harness = await createHarness();
      log = await harness.open(CONTRACT_PARTITIONS);
    });
    afterEach(async () => {
      await log.close();
      await harness.dispose();
    });

    recordsContract(() => log);
    readersContract(() => log);
    namedPositionsContract(() => log);
    tasksContract(() => log);
    groupsContract(() => log);

    it('refuses to write after it was closed', async () => {
      await log.close();

      await expect(log.publish(events(0, 1))).rejects.toMatchObject({ code: 'closed' });
      await log.close();
    });

    if (durable) {
      it('is after opening again what it was before', async () => {
        const task = await log.open('score-0');
        await log.publish(events(0, 3), [{ name: 'import', value: 'line 3' }]);
        await task.commit(ticks(activityAt(1), 0, 2), [position(EVENTS, 2, 1)]);
        await log.close();
        log = await harness.open(CONTRACT_PARTITIONS);

        expect(await valuesOf(log, EVENTS)).toEqual([0, 1, 2].map(eventMessage));
        expect(await valuesOf(log, activityAt(1))).toEqual([0, 1].map(tickMessage));
        expect(await log.namedPosition('import')).toBe('line 3');
        const reopened = await log.open('score-0');
        expect(await reopened.positions([EVENTS])).toEqual([position(EVENTS, 2, 1)]);
        await reopened.commit(ticks(activityAt(1), 2, 1), [position(EVENTS, 3)]);
        await log.publish(events(3, 1));
        expect(await valuesOf(log, activityAt(1))).toEqual([0, 1, 2].map(tickMessage));
        expect(await valuesOf(log, EVENTS)).toEqual([0, 1, 2, 3].map(eventMessage));
      });
    }
  });
}
