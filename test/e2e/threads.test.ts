import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream, startLeadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { allTables } from '#test/process/tables';

describe('an import whose work threads share', () => {
  let folder: TestFolder;
  let file: string;
  let alone: string;
  beforeAll(async () => {
    folder = testFolder();
    file = join(folder.dir, 'events.ndjson');
    // enough for it to tell how far it is before it is done
    writeEvents(file, 250, 21);
    alone = await imported('alone', 0);
  }, 120_000);
  afterEach(endAll);
  afterAll(() => folder.remove());

  const dirOf = (name: string) => join(folder.dir, name);
  const imported = async (name: string, threads: number): Promise<string> => {
    const done = await leadstream('import', file, '--data', dirOf(name), '--threads', String(threads));
    expect(done).toMatchObject({ end: 0 });
    return allTables(dirOf(name));
  };

  it('decides the same for any number of them', async () => {
    expect(alone.split('\n').filter((row) => /^stage_changes\t.*mql/.test(row)).length).toBeGreaterThan(2);
    expect(await imported('shared', 3)).toBe(alone);
    expect(await leadstream('verify', '--data', dirOf('shared'))).toMatchObject({ end: 0 });
  }, 240_000);

  it('is answered from while it is under way, and decides the same', async () => {
    const dir = dirOf('asked');
    const importing = startLeadstream('import', file, '--data', dir, '--threads', '2');
    await importing.printed(/events done/);
    const lead = await leadstream('sql', 'SELECT any(lead_id) AS lead FROM activities', '--data', dir);
    const explained = await leadstream('explain', lead.out.trim().split('\n').at(-1) ?? '', '--data', dir, '--json');

    expect([0, 1]).toContain(explained.end);
    expect(await importing.ended).toMatchObject({ end: 0 });
    expect(await allTables(dir)).toBe(alone);
  }, 240_000);

  it('killed again and again goes on where it was', async () => {
    const dir = dirOf('killed');
    for (const done of [/[1-9]\d* events done/, /[1-9]\d{2,} events done/]) {
      const importing = startLeadstream('import', file, '--data', dir, '--threads', '2');
      await importing.printed(done).catch(() => {});
      await importing.kill('SIGKILL');
    }

    expect(await imported('killed', 1)).toBe(alone);
    expect(await leadstream('verify', '--data', dir)).toMatchObject({ end: 0 });
  }, 240_000);
});
