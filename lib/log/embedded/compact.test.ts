import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compactLog } from '#lib/log/embedded/compact';
import { type EmbeddedLog, openEmbeddedLog } from '#lib/log/embedded/log';
import { ended, printed, startChild } from '#test/contracts/child';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { activityAt, CONTRACT_PARTITIONS, EVENTS, position, readAll, ticks } from '#test/contracts/log/given';
import { activityMessage, deadLetterMessage } from '#test/contracts/messages';

const NEVER = new AbortController().signal;
const RECORDS = 3_000;

describe('compacting the embedded log', () => {
  let folder: TestFolder;
  let dir: string;
  let log: EmbeddedLog;
  const open = async () => {
    log = await openEmbeddedLog({ dir, partitions: CONTRACT_PARTITIONS, recentBytes: 0 });
    return log;
  };
  /** Everything that a log holds. */
  const contents = async () => {
    await open();
    const places = [EVENTS, ...[0, 1, 2].map(activityAt), { topic: 'lead.dead-letters', partition: 0 }];
    const records = await Promise.all(places.map((place) => readAll(log, place)));
    const positions = await log.positionsOf('score-0', [EVENTS]);
    const named = await log.namedPosition('import');
    const bytes = log.sizes();
    await log.close();
    return { held: { records, positions, named }, bytes: bytes.reduce((sum, topic) => sum + topic.bytes, 0) };
  };
  beforeEach(async () => {
    folder = testFolder();
    dir = join(folder.dir, 'log');
    await open();
    const task = await log.open('score-0');
    for (let n = 0; n < RECORDS; n += 10) {
      const at = activityAt(n % 3);
      const records = Array.from({ length: 10 }, (_, i) => ({ ...at, key: `k${i}`, value: activityMessage(n + i) }));
      await task.commit(records, [position(EVENTS, n, 1)]);
    }
    await log.publish([{ topic: 'lead.dead-letters', partition: 0, key: null, value: deadLetterMessage(1, 200_000) }]);
    await log.publish(ticks(EVENTS, 0, 3), [{ name: 'import', value: 'line 3' }]);
    await log.close();
  });
  afterEach(() => folder.remove());

  it('keeps every record, position and name, and takes less', async () => {
    const before = await contents();
    await compactLog(dir, 0, NEVER);
    const after = await contents();

    expect(after.held).toEqual(before.held);
    expect(after.bytes).toBeLessThan(before.bytes);
    expect(readdirSync(dir).toSorted()).toEqual(['data.mdb', 'lock.mdb']);
    await open();
    await log.publish(ticks(EVENTS, 3, 1));
    expect((await readAll(log, EVENTS)).length).toBe(4);
    await log.close();
  });

  it('killed at any instant leaves the old log or the new one, whole', async () => {
    const { held } = await contents();
    for (const delay of [0, 35, 120, 310]) {
      const child = startChild(
        `import { compactLog } from '#lib/log/embedded/compact';
         for (;;) {
           console.log('begins');
           await compactLog(process.argv[1], 0, new AbortController().signal);
         }`,
        dir,
      );
      await printed(child, 1);
      const end = ended(child);
      await sleep(delay);
      child.kill('SIGKILL');
      expect(await end).toBe('SIGKILL');
      expect((await contents()).held).toEqual(held);
      expect(existsSync(join(dir, 'compact.tmp'))).toBe(false);
    }
  }, 120_000);

  it('ends early, with the log as it was, when it is interrupted', async () => {
    const before = await contents();
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(compactLog(dir, 0, signal)).rejects.toThrow('interrupted');
    expect(await contents()).toEqual(before);
  });
});
