import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { type AnyMessage, TOPICS } from '#schemas/topics';
import { activityAt, EVENTS, events, FOREVER, position, ticks, valuesOf } from '#test/contracts/log/given';
import { tickMessage } from '#test/contracts/messages';

/** What the owner of a task may write, and who is fenced. */
export function tasksContract(current: () => Log): void {
  describe('tasks', () => {
    let log: Log;
    beforeEach(() => {
      log = current();
    });

    const inputs = [EVENTS, activityAt(0)];

    it('have no positions before the first commit', async () => {
      const task = await log.open('identify-0');

      expect(await task.positions(inputs)).toEqual([undefined, undefined]);
    });

    it('commit outputs and positions, cursor included', async () => {
      const task = await log.open('identify-0');
      await task.commit(ticks(activityAt(0), 0, 2), [position(EVENTS, 5, 3)]);
      await task.commit([], [position(activityAt(0), 0)]);

      expect(await task.positions(inputs)).toEqual([position(EVENTS, 5, 3), position(activityAt(0), 0)]);
      expect(await valuesOf(log, activityAt(0))).toEqual([tickMessage(0), tickMessage(1)]);
    });

    it('know only the positions of their service', async () => {
      await (await log.open('score-0')).commit([], [position(EVENTS, 5)]);

      expect(await (await log.open('stage-0')).positions(inputs)).toEqual([undefined, undefined]);
    });

    it('others may look at its positions, without fencing it', async () => {
      const task = await log.open('score-0');
      expect(await log.positionsOf('score-0', inputs)).toEqual([undefined, undefined]);
      await task.commit([], [position(EVENTS, 5, 2)]);
      await expect.poll(() => log.positionsOf('score-0', inputs)).toEqual([position(EVENTS, 5, 2), undefined]);

      await task.commit(ticks(activityAt(0), 0, 1), []);
      expect(await valuesOf(log, activityAt(0))).toHaveLength(1);
    });

    it('go on where the one before stopped', async () => {
      const first = await log.open('score-0');
      await first.commit([], [position(EVENTS, 5, 1)]);
      await first.close();
      const second = await log.open('score-0');

      expect(await second.positions([EVENTS])).toEqual([position(EVENTS, 5, 1)]);
      await second.commit([], [position(EVENTS, 6)]);
      expect(await second.positions([EVENTS])).toEqual([position(EVENTS, 6)]);
    });

    it('write to several topics and partitions at once, for waiting readers to see', async () => {
      const task = await log.open('score-0');
      const readers = [activityAt(2), { topic: TOPICS.scores, partition: 1 }].map((at) =>
        log.reader<AnyMessage>(at, 0),
      );
      const waiting = readers.map((reader) => reader.next(10, FOREVER));
      const outputs = [...ticks(activityAt(2), 1, 1), ...ticks({ topic: TOPICS.scores, partition: 1 }, 2, 1)];
      await task.commit(outputs, [position(EVENTS, 1)]);

      expect((await Promise.all(waiting)).flat().map(({ value }) => value)).toEqual([tickMessage(1), tickMessage(2)]);
    });

    it('write nothing at all if one of the outputs is refused', async () => {
      const task = await log.open('score-0');
      const outputs = [...ticks(activityAt(0), 0, 3), ...ticks({ topic: 'lead.unknown', partition: 0 }, 0, 1)];

      await expect(task.commit(outputs, [position(EVENTS, 1)])).rejects.toThrow('lead.unknown');
      expect(await valuesOf(log, activityAt(0))).toEqual([]);
      expect(await (await log.open('score-0')).positions([EVENTS])).toEqual([undefined]);
    });

    it('the newest to open a task fences the older one, which then writes nothing', async () => {
      const older = await log.open('score-0');
      await older.commit(ticks(activityAt(0), 0, 1), [position(EVENTS, 1)]);
      const newer = await log.open('score-0');

      const late = older.commit(ticks(activityAt(0), 1, 1), [position(EVENTS, 2)]);
      await expect(late).rejects.toMatchObject({ code: 'fenced', retriable: false });
      expect(await newer.positions([EVENTS])).toEqual([position(EVENTS, 1)]);
      await newer.commit(ticks(activityAt(0), 2, 1), [position(EVENTS, 2)]);
      expect(await valuesOf(log, activityAt(0))).toEqual([tickMessage(0), tickMessage(2)]);
    });

    it('tell an older owner by an empty commit that it is fenced, and the newest that it is not', async () => {
      const older = await log.open('score-0');
      await older.commit([], []);
      await older.commit(ticks(activityAt(0), 0, 1), [position(EVENTS, 1)]);
      const newer = await log.open('score-0');
      await expect(older.commit([], [])).rejects.toMatchObject({ code: 'fenced', retriable: false });
      await newer.commit([], []);
      const newest = await log.open('score-0');
      await newest.commit(ticks(activityAt(0), 1, 1), [position(EVENTS, 2)]);
      await expect(newer.commit([], [])).rejects.toMatchObject({ code: 'fenced', retriable: false });

      await newest.commit([], []);
      expect(await newest.positions([EVENTS])).toEqual([position(EVENTS, 2)]);
      expect(await valuesOf(log, activityAt(0))).toEqual([tickMessage(0), tickMessage(1)]);
    });

    it('of two that open at the same time one is fenced', async () => {
      const both = await Promise.all([log.open('score-0'), log.open('score-0')]);
      const outcomes = await Promise.allSettled(both.map((task, n) => task.commit(ticks(activityAt(0), n, 1), [])));

      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await valuesOf(log, activityAt(0))).toHaveLength(1);
    });

    it('do not fence other tasks', async () => {
      const one = await log.open('score-0');
      await log.open('score-1');
      await one.commit(ticks(activityAt(0), 0, 1), []);

      expect(await valuesOf(log, activityAt(0))).toHaveLength(1);
    });

    it('commit nothing after they were closed', async () => {
      const task = await log.open('score-0');
      await task.close();

      await expect(task.commit(ticks(activityAt(0), 0, 1), [])).rejects.toMatchObject({ code: 'closed' });
      expect(await valuesOf(log, activityAt(0))).toEqual([]);
    });

    it('interleave without losing anything', async () => {
      const tasks = await Promise.all([0, 1, 2].map((n) => log.open(`score-${n}`)));
      await Promise.all(
        tasks.map(async (task, n) => {
          for (let step = 0; step < 20; step++) {
            await task.commit(ticks({ topic: TOPICS.scores, partition: n }, step, 1), [
              position(activityAt(n), step + 1),
            ]);
            await log.publish(events(step, 1));
          }
        }),
      );

      for (const [n, task] of tasks.entries()) {
        const written = await valuesOf(log, { topic: TOPICS.scores, partition: n });
        expect(written).toEqual(Array.from({ length: 20 }, (_, step) => tickMessage(step)));
        expect(await task.positions([activityAt(n)])).toEqual([position(activityAt(n), 20)]);
      }
      expect(await valuesOf(log, EVENTS)).toHaveLength(60);
    });
  });
}
