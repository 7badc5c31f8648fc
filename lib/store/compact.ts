import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA, DamagedError, LOCK, openEnvironment, UNFINISHED } from '#lib/store/environment';
import { diskFailure } from '#lib/store/failure';
import { openMark } from '#lib/store/mark';

/**
 * Has the environment in a folder, which nobody has open, written anew into an empty one, and puts that in its place: by one
 * rename, so that whoever opens it next finds the old one or the new one, whenever the process or the machine stops. Rejects
 * with `full` or `outage`, and leaves the old one.
 */
export async function replaceEnvironment(dir: string, write: (into: string) => Promise<void>): Promise<void> {
  const into = join(dir, UNFINISHED);
  try {
    await rm(into, { recursive: true, force: true });
    await mkdir(into);
    await write(into);
    await sync(join(into, DATA));
    await rename(join(into, DATA), join(dir, DATA));
    await sync(dir);
    await rm(join(dir, LOCK), { force: true });
  } catch (thrown) {
    const isOfDisk = thrown instanceof Error && ('code' in thrown || 'commitError' in thrown);
    throw isOfDisk ? await diskFailure('compacting', dir, thrown) : thrown;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** The folders of stores below `dir`. */
export async function storeFolders(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
}

/** Rewrites a store that nobody has open. One that would not be believed when it is opened is dropped: it is folded from the log. */
export async function compactStore(dir: string): Promise<void> {
  if (!openMark(dir).intact) return drop(dir);
  try {
    const environment = openEnvironment({ dir, what: `the store in ${dir}`, mapSize: MAP_BYTES, durable: true });
    try {
      await replaceEnvironment(dir, (into) => environment.backup(into, true));
    } finally {
      await environment.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof DamagedError)) throw thrown;
    await drop(dir);
  }
}

const MAP_BYTES = 2 ** 34;

async function drop(dir: string): Promise<void> {
  for (const file of [DATA, LOCK]) await rm(join(dir, file), { force: true });
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
