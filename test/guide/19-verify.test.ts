import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lmdbStores } from '#lib/store/lmdb';
import { dataFolder, importLines } from '#test/guide/folder';
import { leadstream } from '#test/process/command';

/**
 * # 19. Verify
 *
 *     leadstream verify --data ./data
 *
 * The log is the truth; everything else is computed from it. `verify` computes all of it once more, by a plain run in
 * memory from the first record to the last, and compares: every score, stage, trigger and handoff, every row of every
 * table. It exits with 1 if anything differs.
 */
test('verify finds no difference, and names one that was made by hand', async () => {
  const data = dataFolder();
  const history = await leadstream('generate', '--leads', '20', '--days', '30', '--seed', '7');
  await importLines(data, history.out);

  expect(await leadstream('verify', '--data', data)).toMatchObject({
    end: 0,
    out: expect.stringContaining('No differences.'),
  });

  const lead = await tamper(data);
  expect(await leadstream('verify', '--data', data)).toMatchObject({
    end: 1,
    out: expect.stringContaining(lead),
  });

  // what the services keep at hand is a cache: without it they read the log again
  rmSync(join(data, 'stores'), { recursive: true });
  expect(await leadstream('verify', '--data', data)).toMatchObject({ end: 0 });
});

/** Changes what the score service keeps of one lead, and returns who it is. */
async function tamper(data: string): Promise<string> {
  const store = await lmdbStores({ dir: join(data, 'stores') })('score+stage+trigger-0');
  const [first] = store.range('s0:', 's1:');
  if (first === undefined) throw new Error('nobody has a score');
  const [key] = first;
  const positions = store.positions();
  await store.commit([{ key, value: { state: { matches: [], kept: 99 } } }], positions ?? [], positions);
  await store.close();
  return key.slice('s0:'.length);
}
