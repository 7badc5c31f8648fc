import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openClickHouse } from '#lib/clickhouse/child/open';
import { clickHouseContract } from '#test/contracts/clickhouse';

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'leadstream-'));
}

clickHouseContract('the embedded engine', async () => {
  const folder = await newFolder();
  return {
    open: () => openClickHouse({ dir: join(folder, 'clickhouse') }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

test('a folder that cannot be used is an outage that names it', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(openClickHouse({ dir: join(folder, 'file') })).rejects.toMatchObject({
    retriable: true,
    message: expect.stringContaining(join(folder, 'file')),
  });
  await rm(folder, { recursive: true });
});
