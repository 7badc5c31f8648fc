import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock/system';
import { type EmbeddedLog, openEmbeddedLog } from '#lib/log/embedded/log';
import { DAY } from '#lib/log/retention';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import {
  activityAt,
  CONTRACT_PARTITIONS,
  EVENTS,
  events,
  LETTERS,
  position,
  readAll,
  ticks,
  valuesOf,
} from '#test/contracts/log/given';
import { retentionContract } from '#test/contracts/log/retention';
import { deadLetterMessage, eventMessage, tickMessage } from '#test/contracts/messages';

const BEGIN = Date.UTC(2026, 0, 1);

/** Opened on a day after the beginning; `days`: how long records are to be kept. */
function openOn(dir: string, day: number, days?: number): Promise<EmbeddedLog> {
  const clock = { ...systemClock, now: () => BEGIN + day * DAY };
  return openEmbeddedLog({ dir, partitions: CONTRACT_PARTITIONS, retention: { clock, days } });
}

retentionContract('the embedded log', async () => {
  const folder = testFolder();
  return {
    open: () => openOn(folder.dir, 0),
    async expireBefore(offset, log) {
      await log.close();
      const later = await openOn(folder.dir, 40);
      await vi.waitFor(async () => expect(await later.start(EVENTS)).toBe(offset));
      return later;
    },
    dispose: async () => folder.remove(),
  };
});

describe('what expires in the embedded log', () => {
  let folder: TestFolder;
  let log: EmbeddedLog;
  const openAgain = async (day: number, days?: number): Promise<void> => {
    await log.close();
    log = await openOn(folder.dir, day, days);
  };
  const passed = async (offset: number, task = 'identify'): Promise<void> => {
    await (await log.open(task)).commit([], [position(EVENTS, offset)]);
  };
  const expectStart = (offset: number) =>
    vi.waitFor(async () => expect(await log.start(EVENTS)).toBe(offset), { timeout: 5_000 });
  /** Expiry has looked at it: its retention is noted. */
  const expectLookedAt = async (): Promise<void> => {
    await log.publish(ticks(activityAt(0), 0, 1));
    await log.publish(ticks(activityAt(0), 0, 1));
    expect(await log.start(EVENTS)).toBe(0);
  };
  beforeEach(async () => {
    folder = testFolder();
    log = await openOn(folder.dir, 0);
  });
  afterEach(async () => {
    await log.close();
    folder.remove();
  });

  it('is kept for 30 days and gone the day after; what others decided of it stays', async () => {
    await log.publish([...events(0, 3), ...ticks(activityAt(1), 0, 3)]);
    await log.publish([{ ...LETTERS, key: null, value: deadLetterMessage(0, 10) }]);
    await (await log.open('analyze-letters')).commit([], [position(LETTERS, 1)]);
    await passed(3);
    await openAgain(30);
    await expectLookedAt();
    await openAgain(31.5);
    await expectStart(3);

    expect(await log.end(EVENTS)).toBe(3);
    await vi.waitFor(async () => expect(await log.start(LETTERS)).toBe(1));
    expect(await valuesOf(log, activityAt(1))).toEqual([0, 1, 2].map(tickMessage));
    await log.publish(events(3, 1));
    expect(await readAll(log, EVENTS, 3)).toMatchObject([{ offset: 3, value: eventMessage(3) }]);
  });

  it('stays until every task that reads it has passed it', async () => {
    await log.publish(events(0, 3));
    await passed(3);
    await passed(2, 'another');
    await openAgain(100);
    await expectLookedAt();
    await passed(3, 'another');
    await openAgain(100);
    await expectStart(3);
  });

  it('stays if nobody ever read it', async () => {
    await log.publish(events(0, 3));
    await openAgain(100);
    await expectLookedAt();
  });

  it('is kept for as long as was asked for last, by whoever opens the log', async () => {
    await log.publish(events(0, 3));
    await passed(3);
    await openAgain(1, 90);
    await expectLookedAt();
    await openAgain(80);
    await expectLookedAt();
    await openAgain(92);
    await expectStart(3);
  });

  it('leaves day by day, however little a day brings', async () => {
    for (let day = 0; day < 12; day++) {
      await openAgain(day, 365);
      await log.publish(events(2 * day, 2));
    }
    await passed(24);
    await openAgain(12, 3);
    await expectStart(16);
    const left = (await readAll(log, EVENTS, 16)).map(({ value }) => value);
    expect(left).toEqual(Array.from({ length: 8 }, (_, n) => eventMessage(16 + n)));
  });

  it('gives its room back to what comes after it', async () => {
    const letter = (n: number) => ({ ...LETTERS, key: null, value: deadLetterMessage(n, 50_000) });
    const month = async (from: number) => {
      for (let n = from; n < from + 20; n++) await log.publish([letter(n)]);
      await (await log.open('analyze-letters')).commit([], [position(LETTERS, from + 20)]);
      return log.sizes().find(({ topic }) => topic === LETTERS.topic)?.bytes ?? 0;
    };
    const first = await month(0);
    for (let n = 1; n < 5; n++) {
      await openAgain(40 * n);
      await vi.waitFor(async () => expect(await log.start(LETTERS)).toBe(20 * n), { timeout: 5_000 });
      expect(await month(20 * n)).toBeLessThan(1.2 * first);
    }
    expect(log.fileBytes()).toBeLessThan(4 * first);
  });
});
