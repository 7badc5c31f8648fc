import { statSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { TOPICS } from '#schemas/topics';
import { type SmallDisk, smallDisk } from '#test/contracts/folder';
import { activityAt, CONTRACT_PARTITIONS, ticks, valuesOf } from '#test/contracts/log/given';
import { deadLetterMessage, tickMessage } from '#test/contracts/messages';

const LETTERS = { topic: TOPICS.deadLetters, partition: 0 };
const EVENTS = { topic: TOPICS.events, partition: 0 };

describe('the embedded log on a small disk', () => {
  let disk: SmallDisk;
  let log: Log | undefined;
  const open = async (): Promise<Log> => {
    log = await openEmbeddedLog({ dir: join(disk.dir, 'log'), partitions: CONTRACT_PARTITIONS });
    return log;
  };
  beforeEach(() => {
    disk = smallDisk('16m');
    log = undefined;
  });
  afterEach(async () => {
    await log?.close();
    disk.remove();
  });
  const letter = (n: number) => ({ ...LETTERS, key: null, value: deadLetterMessage(n, 60_000) });
  const letters = (count: number) => Array.from({ length: count }, (_, n) => deadLetterMessage(n, 60_000));

  const expectLetters = async (of: Log, expected: readonly unknown[]) => {
    const found = await valuesOf(of, LETTERS);
    expect(found.length).toBe(expected.length);
    expect(isDeepStrictEqual(found, expected)).toBe(true);
  };

  /** Publishes until the disk is full; the number that was acknowledged. */
  const publishUntilFull = async (to: Log, from = 0): Promise<number> => {
    for (let n = from; ; n++) {
      try {
        await to.publish([letter(n)], [{ name: 'import', value: `letter ${n}` }]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'full', retriable: true, message: expect.stringContaining('is full') });
        return n;
      }
    }
  };

  it('says that the disk is full, keeps exactly what it acknowledged, and goes on once there is room', async () => {
    const first = await open();
    const acknowledged = await publishUntilFull(first);
    expect(acknowledged).toBeGreaterThan(10);
    await expect(first.publish([letter(acknowledged)])).rejects.toMatchObject({ code: 'full' });
    await expectLetters(first, letters(acknowledged));

    disk.resize('24m');
    await first.publish([letter(acknowledged)]);
    await expectLetters(first, letters(acknowledged + 1));
    await first.close();
    await expectLetters(await open(), letters(acknowledged + 1));
  });

  it('what was acknowledged is there when it is opened on the full disk, or after', async () => {
    const first = await open();
    const acknowledged = await publishUntilFull(first);
    await first.close();
    const second = await open();
    await expectLetters(second, letters(acknowledged));
    expect(await second.namedPosition('import')).toBe(`letter ${acknowledged - 1}`);
    await second.close();

    disk.resize('24m');
    const third = await open();
    expect(await publishUntilFull(third, acknowledged)).toBeGreaterThan(acknowledged + 10);
  });

  it('a commit that finds no room writes neither outputs nor positions, and can be made again', async () => {
    const first = await open();
    const task = await first.open('score-0');
    const commit = () =>
      task.commit(
        [...ticks(activityAt(0), 0, 1), ...Array.from({ length: 40 }, (_, n) => letter(n))],
        [{ ...EVENTS, position: { offset: 1, cursor: 0 } }],
      );
    disk.fill('filler');

    await expect(commit()).rejects.toMatchObject({ code: 'full', retriable: true });
    expect(await task.positions([EVENTS])).toEqual([undefined]);
    expect(await valuesOf(first, activityAt(0))).toEqual([]);

    await rm(join(disk.dir, 'filler'));
    await commit();
    expect(await valuesOf(first, activityAt(0))).toEqual([tickMessage(0)]);
    expect(await task.positions([EVENTS])).toEqual([{ ...EVENTS, position: { offset: 1, cursor: 0 } }]);
  });

  it('many publishes at once on a full disk are each refused or kept whole', async () => {
    const first = await open();
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => first.publish([letter(n)])));
    const kept = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [deadLetterMessage(n, 60_000)] : []));

    expect(kept.length).toBeLessThan(100);
    await expectLetters(first, kept);
    await first.close();
    await expectLetters(await open(), kept);
  });

  it.each([0, 2, 4, 8, 12, 16, 18, 19, 20, 21, 22, 23, 24, 26, 28, 32])(
    'opens, or says why it cannot, with %d pages left',
    async (pages) => {
      const filler = join(disk.dir, 'filler');
      disk.fill('filler');
      truncateSync(filler, Math.max(0, statSync(filler).size - pages * 4096));
      const outcome = await open().then(
        () => 'open',
        (error: unknown) => error,
      );
      if (outcome !== 'open') expect(outcome).toMatchObject({ code: 'full', retriable: true });
      await log?.close();

      await rm(filler);
      const roomy = await open();
      await roomy.publish(ticks(EVENTS, 0, 1));
      expect(await valuesOf(roomy, EVENTS)).toEqual([tickMessage(0)]);
    },
  );

  it('says that the folder cannot be written, and has everything once it can', async () => {
    const first = await open();
    await first.publish(ticks(EVENTS, 0, 3));
    await first.close();
    disk.makeReadOnly();

    await expect(open()).rejects.toMatchObject({
      code: 'outage',
      retriable: true,
      message: expect.stringContaining('make it writable'),
    });
    disk.makeWritable();
    expect(await valuesOf(await open(), EVENTS)).toEqual([0, 1, 2].map(tickMessage));
  });
});
