import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log, LogReader, LogRecord, Outgoing } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
import { type AnyMessage, TOPICS } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { activityMessage, deadLetterMessage, tickMessage } from '#test/contracts/messages';

/** A log for one test. */
export interface LogHarness {
  /** Opens the log: empty the first time, as it was left after that. */
  open(partitions: Readonly<Record<string, number>>): Promise<Log>;
  dispose(): Promise<void>;
}

export const CONTRACT_PARTITIONS = {
  [TOPICS.events]: 1,
  [TOPICS.activity]: 3,
  [TOPICS.scores]: 3,
  [TOPICS.deadLetters]: 1,
};

const EVENTS = { topic: TOPICS.events, partition: 0 };
const LETTERS = { topic: TOPICS.deadLetters, partition: 0 };
const FOREVER = new AbortController().signal;

export function activityAt(partition: number): TopicPartition {
  return { topic: TOPICS.activity, partition };
}

export function ticks(at: TopicPartition, from: number, count: number): Outgoing<AnyMessage>[] {
  return Array.from({ length: count }, (_, n) => ({ ...at, key: null, value: tickMessage(from + n) }));
}

function position(at: TopicPartition, offset: number, cursor = 0): InputPosition {
  return { ...at, position: { offset, cursor } };
}

/** All records of a partition. */
export async function readAll(log: Log, at: TopicPartition, from = 0): Promise<LogRecord<AnyMessage>[]> {
  const end = await log.end(at);
  const reader = log.reader<AnyMessage>(at, from);
  const found: LogRecord<AnyMessage>[] = [];
  while ((found.at(-1)?.offset ?? from - 1) < end - 1) found.push(...(await reader.next(7, FOREVER)));
  await reader.close();
  return found;
}

export async function valuesOf(log: Log, at: TopicPartition): Promise<unknown[]> {
  return (await readAll(log, at)).map(({ value }) => value);
}

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

    describe('topics', () => {
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

    describe('readers', () => {
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

    describe('named positions', () => {
      it('are stored with the records of the same publish', async () => {
        expect(await log.namedPosition('import')).toBeUndefined();
        await log.publish(ticks(EVENTS, 0, 1), [
          { name: 'import', value: 'line 1' },
          { name: 'other', value: '' },
        ]);
        await log.publish(ticks(EVENTS, 1, 1), [{ name: 'import', value: 'line 2' }]);
        await log.publish([], [{ name: 'alone', value: 'x' }]);

        expect(await log.namedPosition('import')).toBe('line 2');
        expect(await log.namedPosition('other')).toBe('');
        expect(await log.namedPosition('alone')).toBe('x');
      });

      it('are not stored when the records are refused', async () => {
        const unknown = ticks({ topic: 'lead.unknown', partition: 0 }, 0, 1);
        await expect(log.publish(unknown, [{ name: 'import', value: 'line 1' }])).rejects.toThrow('lead.unknown');

        expect(await log.namedPosition('import')).toBeUndefined();
      });
    });

    describe('tasks', () => {
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

      it('know only their own positions', async () => {
        await (await log.open('score-0')).commit([], [position(EVENTS, 5)]);

        expect(await (await log.open('score-1')).positions(inputs)).toEqual([undefined, undefined]);
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
              await log.publish(ticks(EVENTS, step, 1));
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

    describe('groups', () => {
      const inputs = [TOPICS.activity, TOPICS.scores];
      /** A member that notes what it has, and checks that nobody else has it. */
      const memberOf = (all: Map<number, string>, id: string) => {
        const has = new Set<number>();
        return {
          has,
          async assigned(partitions: readonly number[]) {
            for (const partition of partitions) {
              expect(all.get(partition)).toBeUndefined();
              all.set(partition, id);
              has.add(partition);
            }
          },
          async revoked(partitions: readonly number[]) {
            for (const partition of partitions) {
              expect(all.get(partition)).toBe(id);
              all.delete(partition);
              has.delete(partition);
            }
          },
        };
      };
      const owners = (all: Map<number, string>) => [...all].toSorted(([a], [b]) => a - b).map(([, id]) => id);

      it('one member has all partitions', async () => {
        const all = new Map<number, string>();
        const leave = await log.join('score', inputs, memberOf(all, 'a'));

        expect(owners(all)).toEqual(['a', 'a', 'a']);
        await leave();
        expect(owners(all)).toEqual([]);
      });

      it('members share the partitions, and hand them over when they come and go', async () => {
        const all = new Map<number, string>();
        const [a, b, c] = ['a', 'b', 'c'].map((id) => memberOf(all, id));
        if (a === undefined || b === undefined || c === undefined) throw new Error('three members');
        const leaveA = await log.join('score', inputs, a);
        const leaveB = await log.join('score', inputs, b);
        expect([a.has.size, b.has.size].toSorted()).toEqual([1, 2]);
        const kept = [...a.has];

        const leaveC = await log.join('score', inputs, c);
        expect([a.has.size, b.has.size, c.has.size]).toEqual([1, 1, 1]);
        expect(kept).toEqual(expect.arrayContaining([...a.has]));

        await leaveA();
        expect(a.has.size).toBe(0);
        expect([b.has.size, c.has.size].toSorted()).toEqual([1, 2]);
        await Promise.all([leaveB(), leaveC()]);
        expect(all.size).toBe(0);
      });

      it('a member too many waits for its turn', async () => {
        const all = new Map<number, string>();
        const members = ['a', 'b', 'c', 'd'].map((id) => memberOf(all, id));
        const leaves: (() => Promise<void>)[] = [];
        for (const member of members) leaves.push(await log.join('score', inputs, member));
        expect(members.map(({ has }) => has.size)).toEqual([1, 1, 1, 0]);

        await leaves[0]?.();
        expect(members.map(({ has }) => has.size)).toEqual([0, 1, 1, 1]);
        await leaves[0]?.();
        expect(all.size).toBe(3);
      });

      it('groups do not disturb each other, and their inputs have equal counts', async () => {
        const all = new Map<number, string>();
        await log.join('score', inputs, memberOf(all, 'a'));
        await log.join('stage', inputs, memberOf(new Map(), 'b'));

        expect(owners(all)).toEqual(['a', 'a', 'a']);
        const uneven = log.join('uneven', [TOPICS.events, TOPICS.activity], memberOf(new Map(), 'c'));
        await expect(uneven).rejects.toThrow('equal partition counts');
      });
    });

    it('refuses to write after it was closed', async () => {
      await log.close();

      await expect(log.publish(ticks(EVENTS, 0, 1))).rejects.toMatchObject({ code: 'closed' });
      await log.close();
    });

    if (durable) {
      it('is after opening again what it was before', async () => {
        const task = await log.open('score-0');
        await log.publish(ticks(EVENTS, 0, 3), [{ name: 'import', value: 'line 3' }]);
        await task.commit(ticks(activityAt(1), 0, 2), [position(EVENTS, 2, 1)]);
        await log.close();
        log = await harness.open(CONTRACT_PARTITIONS);

        expect(await valuesOf(log, EVENTS)).toEqual([0, 1, 2].map(tickMessage));
        expect(await valuesOf(log, activityAt(1))).toEqual([0, 1].map(tickMessage));
        expect(await log.namedPosition('import')).toBe('line 3');
        const reopened = await log.open('score-0');
        expect(await reopened.positions([EVENTS])).toEqual([position(EVENTS, 2, 1)]);
        await reopened.commit(ticks(activityAt(1), 2, 1), [position(EVENTS, 3)]);
        await log.publish(ticks(EVENTS, 3, 1));
        expect(await valuesOf(log, activityAt(1))).toEqual([0, 1, 2].map(tickMessage));
        expect(await valuesOf(log, EVENTS)).toEqual([0, 1, 2, 3].map(tickMessage));
      });
    }
  });
}
