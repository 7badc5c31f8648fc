import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, unusable } from '#app/folder/errors';
import { newPassword } from '#lib/clickhouse/child/password';
import type { User } from '#lib/clickhouse/child/users';

/** Who asks a folder's ClickHouse from outside. */
export const ANALYST = 'analyst';

/** The file in a data folder that holds the analyst's password. */
export const PASSWORD_FILE = 'clickhouse-password';

/** A password is made once, and stays: replace the file's text by another one, or remove it, and start again to change it. */
export async function analystOf(dir: string): Promise<User> {
  const file = join(dir, PASSWORD_FILE);
  try {
    const kept = await read(file);
    if (kept !== undefined) return { name: ANALYST, password: kept };
    const fresh = `${file}.${randomUUID()}`;
    const password = newPassword();
    await writeFile(fresh, `${password}\n`, { mode: 0o600 });
    try {
      await link(fresh, file);
    } finally {
      await rm(fresh, { force: true });
    }
    return { name: ANALYST, password };
  } catch (thrown) {
    throw systemCode(thrown) === undefined ? thrown : unusable(dir, thrown);
  }
}

/** Undefined: there is none, or nothing in it. */
async function read(file: string): Promise<string | undefined> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text !== '') return text;
    await rm(file);
    return undefined;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
