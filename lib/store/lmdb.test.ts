import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputPosition } from '#lib/flow/position';
import { lmdbStores, openLmdbStore } from '#lib/store/lmdb';
import { ended, startChild } from '#test/contracts/child';
import { type SmallDisk, smallDisk, testFolder } from '#test/contracts/folder';
import { storeContract } from '#test/contracts/store';

function at(offset: number): readonly InputPosition[] {
  return [{ topic: 'lead.activity', partition: 0, position: { offset, cursor: 0 } }];
}

storeContract('the store in LMDB', async () => {
  const folder = testFolder();
  return {
    open: () => openLmdbStore({ dir: folder.dir }),
    dispose: async () => folder.remove(),
  };
});

describe('the store in LMDB outlives its process', () => {
  let folder: { readonly dir: string; remove(): void };
  beforeEach(() => {
    folder = testFolder();
  });
  afterEach(() => folder.remove());

  it('opens again as it was closed', async () => {
    const first = await openLmdbStore({ dir: folder.dir });
    await first.commit([{ key: 'a', value: { score: 1 } }], at(3), undefined);
    await first.close();
    const second = await openLmdbStore({ dir: folder.dir });

    expect(second.get('a')).toEqual({ score: 1 });
    expect(second.positions()).toEqual(at(3));
    await second.commit([{ key: 'a', value: 2 }], at(4), at(3));
    expect(second.get('a')).toBe(2);
    await second.close();
  });

  it('a process killed right after a commit loses nothing', async () => {
    const script = `
      import { openLmdbStore } from '#lib/store/lmdb';
      const store = await openLmdbStore({ dir: process.argv[1] });
      let before;
      for (let offset = 1; offset <= 50; offset++) {
        const after = [{ topic: 'lead.activity', partition: 0, position: { offset, cursor: 0 } }];
        await store.commit([{ key: 'lead' + offset, value: offset }], after, before);
        before = after;
      }
      process.kill(process.pid, 'SIGKILL');`;
    expect(await ended(startChild(script, folder.dir))).toBe('SIGKILL');
    const store = await openLmdbStore({ dir: folder.dir });

    expect(store.positions()).toEqual(at(50));
    expect([...store.range('lead', 'leae')]).toHaveLength(50);
    await store.close();
  });

  it('opens empty if the machine stopped while it was open', async () => {
    const first = await openLmdbStore({ dir: folder.dir });
    await first.commit([{ key: 'a', value: 1 }], at(1), undefined);
    await first.close();
    writeFileSync(join(folder.dir, 'open'), 'an earlier run of the machine');
    const second = await openLmdbStore({ dir: folder.dir });

    expect(second.positions()).toBeUndefined();
    expect(second.get('a')).toBeUndefined();
    await second.close();
  });

  it.each([
    ['cut off in its first pages', (file: string) => truncateSync(file, 4096)],
    ['something else', (file: string) => writeFileSync(file, Buffer.alloc(40_000, 7))],
    ['full of zeros', (file: string) => writeFileSync(file, Buffer.alloc(40_000))],
    ['empty', (file: string) => truncateSync(file, 0)],
  ])('opens empty if its file is %s', async (_case, damage) => {
    const first = await openLmdbStore({ dir: folder.dir });
    await first.commit([{ key: 'a', value: 1 }], at(1), undefined);
    await first.close();
    damage(join(folder.dir, 'data.mdb'));
    const second = await openLmdbStore({ dir: folder.dir });

    expect(second.positions()).toBeUndefined();
    await second.commit([{ key: 'a', value: 2 }], at(1), undefined);
    expect(second.get('a')).toBe(2);
    await second.close();
  });

  it('each task has a folder of its own, whatever its name', async () => {
    const openStore = lmdbStores({ dir: folder.dir });
    const one = await openStore('score+stage-0');
    const other = await openStore('../score');
    await one.commit([{ key: 'a', value: 1 }], at(1), undefined);

    expect(other.get('a')).toBeUndefined();
    expect(readdirSync(folder.dir)).toHaveLength(2);
    await one.close();
    await other.close();
  });

  it('refuses to be used after it was closed', async () => {
    const store = await openLmdbStore({ dir: folder.dir });
    await store.close();

    await expect(store.commit([], at(1), undefined)).rejects.toMatchObject({ code: 'closed' });
    await store.close();
  });
});

describe('the store in LMDB on a small disk', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = smallDisk('2m');
  });
  afterEach(() => disk.remove());

  const large = 'x'.repeat(50_000);

  it('says that the disk is full, keeps what it has, and goes on once there is room', async () => {
    const dir = join(disk.dir, 'score-0');
    const store = await openLmdbStore({ dir });
    let offset = 0;
    const next = () => {
      const before = offset === 0 ? undefined : at(offset);
      return store.commit([{ key: `lead${offset}`, value: large }], at(offset + 1), before).then(() => offset++);
    };
    const untilFull = async () => {
      for (;;) await next();
    };

    await expect(untilFull()).rejects.toMatchObject({ code: 'full', retriable: true });
    await expect(next()).rejects.toMatchObject({ code: 'full' });
    expect(offset).toBeGreaterThan(10);
    expect(store.positions()).toEqual(at(offset));
    expect([...store.range('lead', 'leae')]).toHaveLength(offset);

    disk.resize('4m');
    await next();
    await store.close();
    const again = await openLmdbStore({ dir });
    expect(again.positions()).toEqual(at(offset));
    await again.close();
  });

  it.each([0, 1, 2, 3, 4, 8, 12, 16, 17, 18, 19, 20, 21, 24, 32])(
    'opens, or says why it cannot, with %d pages left',
    async (pages) => {
      const filler = join(disk.dir, 'filler');
      disk.fill('filler');
      truncateSync(filler, Math.max(0, statSync(filler).size - pages * 4096));
      const dir = join(disk.dir, 'score-0');

      const opened = await openLmdbStore({ dir }).catch((error: unknown) => error);
      if (opened instanceof Error) expect(opened).toMatchObject({ code: 'full', retriable: true });
      else if (hasClose(opened)) await opened.close();

      rmSync(filler);
      const store = await openLmdbStore({ dir });
      await store.commit([{ key: 'a', value: 1 }], at(1), undefined);
      expect(store.get('a')).toBe(1);
      await store.close();
    },
  );

  it('says that the folder cannot be written', async () => {
    const dir = join(disk.dir, 'score-0');
    await (await openLmdbStore({ dir })).close();
    disk.makeReadOnly();

    await expect(openLmdbStore({ dir })).rejects.toMatchObject({
      code: 'outage',
      retriable: true,
      message: expect.stringContaining('make it writable'),
    });

    disk.makeWritable();
    await (await openLmdbStore({ dir })).close();
  });
});

function hasClose(value: unknown): value is { close(): Promise<void> } {
  return typeof value === 'object' && value !== null && 'close' in value;
}
