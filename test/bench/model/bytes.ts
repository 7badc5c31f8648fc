import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment } from '#lib/store/environment';
import { openTable } from '#lib/store/table';

/** What a store writes of each value, bytes: mean. */
export async function meanBytes(values: Iterable<unknown>): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-model-'));
  const environment = openEnvironment({ dir, what: 'the store', mapSize: 2 ** 24, durable: false });
  try {
    const table = openTable(environment, 'table');
    let [bytes, count] = [0, 0];
    for (const value of values) {
      bytes += table.encode(value).length;
      count++;
    }
    return bytes / count;
  } finally {
    await environment.close();
    await rm(dir, { recursive: true, force: true });
  }
}
