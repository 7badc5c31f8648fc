import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import type { Log } from '#lib/flow/log';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { TOPICS } from '#schemas/topics';
import { ended, printed, startChild } from '#test/contracts/child';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { activityAt, CONTRACT_PARTITIONS, readAll, ticks, valuesOf } from '#test/contracts/log/given';
import { logContract } from '#test/contracts/log/log';
import { activity, tickMessage } from '#test/contracts/messages';

for (const [name, recent] of [
  ['the embedded log', {}],
  ['the embedded log without recent records in memory', { recentBytes: 0 }],
] as const) {
  logContract(name, true, async () => {
    const folder = testFolder();
    return {
      open: (partitions) => openEmbeddedLog({ dir: folder.dir, partitions, ...recent }),
      dispose: async () => folder.remove(),
    };
  });
}

const EVENTS = { topic: TOPICS.events, partition: 0 };
const FOREVER = new AbortController().signal;

describe('the embedded log', () => {
  let folder: TestFolder;
  let opened: Log[] = [];
  const open = async (options: Partial<Parameters<typeof openEmbeddedLog>[0]> = {}): Promise<Log> => {
    const log = await openEmbeddedLog({ dir: folder.dir, partitions: CONTRACT_PARTITIONS, ...options });
    opened.push(log);
    return log;
  };
  beforeEach(() => {
    folder = testFolder();
    opened = [];
  });
  afterEach(async () => {
    for (const log of opened) await log.close();
    folder.remove();
  });

  it('a process killed right after an acknowledgement loses nothing', async () => {
    const child = startChild(
      `import { openEmbeddedLog } from '#lib/log/embedded/log';
       import { CONTRACT_PARTITIONS, ticks } from '#test/contracts/log/given';
       const log = await openEmbeddedLog({ dir: process.argv[1], partitions: CONTRACT_PARTITIONS });
       for (let n = 0; n < 20; n++) await log.publish(ticks({ topic: 'lead.events', partition: 0 }, n, 1));
       process.kill(process.pid, 'SIGKILL');`,
      folder.dir,
    );
    expect(await ended(child)).toBe('SIGKILL');

    expect(await valuesOf(await open(), EVENTS)).toEqual(Array.from({ length: 20 }, (_, n) => tickMessage(n)));
  });

  it('a process killed at any moment leaves outputs and positions that belong together', async () => {
    for (const delay of [0, 3, 9, 21]) {
      const child = startChild(
        `import { openEmbeddedLog } from '#lib/log/embedded/log';
         import { activityAt, CONTRACT_PARTITIONS, ticks } from '#test/contracts/log/given';
         const log = await openEmbeddedLog({ dir: process.argv[1], partitions: CONTRACT_PARTITIONS });
         const task = await log.open('score-0');
         const input = { topic: 'lead.events', partition: 0 };
         const [before] = await task.positions([input]);
         for (let n = before?.position.offset ?? 0; ; n++) {
           const outputs = [0, 1, 2].flatMap((partition) => ticks(activityAt(partition), n, 1));
           await task.commit(outputs, [{ ...input, position: { offset: n + 1, cursor: 0 } }]);
           console.log(n);
         }`,
        folder.dir,
      );
      await printed(child, 5);
      await sleep(delay);
      const end = ended(child);
      child.kill('SIGKILL');
      expect(await end).toBe('SIGKILL');

      const log = await open();
      const [committed] = await (await log.open('score-0')).positions([EVENTS]);
      const expected = Array.from({ length: committed?.position.offset ?? -1 }, (_, n) => tickMessage(n));
      for (const partition of [0, 1, 2]) expect(await valuesOf(log, activityAt(partition))).toEqual(expected);
      await log.close();
    }
  });

  it('partition counts are fixed for life; new topics may come', async () => {
    const log = await open({ partitions: { [TOPICS.activity]: 3 } });
    await log.publish(ticks(activityAt(2), 0, 1));
    await log.close();

    await expect(open({ partitions: { [TOPICS.activity]: 4 } })).rejects.toThrow(
      'topic lead.activity has 3 partitions in this log, not 4',
    );
    const again = await open({ partitions: { [TOPICS.events]: 2 } });
    expect(again.partitions(TOPICS.activity)).toBe(3);
    expect(again.partitions(TOPICS.events)).toBe(2);
    await again.publish(ticks({ topic: TOPICS.events, partition: 1 }, 5, 1));
    expect(await valuesOf(again, activityAt(2))).toEqual([tickMessage(0)]);
  });

  it('whoever opens it can let a log that exists keep its counts, and give new ones to a new log', async () => {
    const counts = (stored: ReadonlyMap<string, number>) => {
      const shared = stored.get(TOPICS.activity) ?? 5;
      return { [TOPICS.activity]: shared, [TOPICS.scores]: shared };
    };
    const old = await open({ partitions: { [TOPICS.activity]: 3 } });
    await old.close();
    const again = await open({ partitions: counts });
    expect([TOPICS.activity, TOPICS.scores].map((topic) => again.partitions(topic))).toEqual([3, 3]);
    const fresh = await openEmbeddedLog({ dir: join(folder.dir, 'new'), partitions: counts });
    expect([TOPICS.activity, TOPICS.scores].map((topic) => fresh.partitions(topic))).toEqual([5, 5]);
    await fresh.close();
  });

  it('records of an older schema are read with the new one, also next to new records', async () => {
    const tick = RECORD_SCHEMAS.Tick;
    if (tick === undefined) throw new Error('no schema named Tick');
    const place = { name: 'place', type: 'string', default: 'nowhere' };
    const schemas = { ...RECORD_SCHEMAS, Tick: { ...tick, fields: [...tick.fields, place] } };
    const log = await open();
    await log.publish(ticks(activityAt(0), 0, 1));
    await log.close();
    const newer = await open({ schemas });
    const value = { type: 'Tick', value: { seq: 1, logged_at: 1, place: 'here' } };
    await newer.publish([{ ...activityAt(0), key: null, value }]);
    await newer.close();

    const read = await valuesOf(await open({ schemas }), activityAt(0));
    expect(read).toMatchObject([{ value: { seq: 0, place: 'nowhere' } }, { value: { seq: 1, place: 'here' } }]);
    await opened.at(-1)?.close();
    const older = await valuesOf(await open(), activityAt(0));
    expect(older).toEqual([
      tickMessage(0),
      { type: 'Tick', value: { seq: 1, logged_at: 1, own_time: false, identity_key: null, import_id: null } },
    ]);
  });

  it('offsets count from 0 without gaps', async () => {
    const log = await open();
    for (let n = 0; n < 5; n++) await log.publish(ticks(activityAt(0), 3 * n, 3));

    expect((await readAll(log, activityAt(0))).map(({ offset }) => offset)).toEqual(
      Array.from({ length: 15 }, (_, n) => n),
    );
  });

  it('a reader that follows gets the very value that was written, one that comes later reads it from the disk', async () => {
    const log = await open();
    const following = log.reader(activityAt(0), 0);
    const [record] = ticks(activityAt(0), 0, 1);
    if (record === undefined) throw new Error('one record');
    await log.publish([record]);
    const near = (await following.next(1, FOREVER))[0]?.value;
    const far = (await log.reader(activityAt(0), 0).next(1, FOREVER))[0]?.value;
    await log.close();

    expect(near).toBe(record.value);
    expect(far).toEqual(near);
  });

  it('readers get the same of a string without UTF-8, whether it comes from memory or from the disk', async () => {
    const log = await open();
    const value = { type: 'Activity', value: { ...activity(1), lead_id: 'half \ud83d pair' } };
    const following = log.reader(activityAt(0), 0);
    await log.publish([{ ...activityAt(0), key: null, value }]);
    const near = (await following.next(1, FOREVER)).map((record) => record.value);

    expect(near).toEqual([{ type: 'Activity', value: { ...activity(1), lead_id: 'half \ufffd pair' } }]);
    expect(await valuesOf(log, activityAt(0))).toEqual(near);
  });

  it('refuses a value that is not of its schema, and writes nothing', async () => {
    const log = await open();
    const [good] = ticks(activityAt(0), 0, 1);
    const bad = { ...activityAt(0), key: null, value: { type: 'Tick', value: { seq: 'one' } } };

    await expect(log.publish(good === undefined ? [] : [good, bad])).rejects.toThrow('one');
    await expect(log.publish([{ ...activityAt(0), key: null, value: 'text' }])).rejects.toThrow('no message');
    expect(await valuesOf(log, activityAt(0))).toEqual([]);
  });

  it('says so if the folder holds something else', async () => {
    writeFileSync(join(folder.dir, 'data.mdb'), Buffer.alloc(40_000, 7));

    await expect(open()).rejects.toThrow(/damaged; restore the folder from a backup/);
  });
});
