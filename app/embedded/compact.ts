import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed } from '#app/cli/failure';
import { OWN_LOG, refuseOnKafka } from '#app/folder/log-place';
import { systemClock } from '#lib/clock/system';
import { compactLog } from '#lib/log/embedded/compact';
import { compactStore, storeFolders } from '#lib/store/compact';
import { dataBytes } from '#lib/store/environment';

/** What log and stores took and take on the disk, bytes. */
export interface Compacted {
  readonly log: Sizes;
  readonly stores: Sizes;
}

interface Sizes {
  readonly before: number;
  readonly after: number;
}

/** Room beside the new file: for what is written while it grows. */
const SPARE = 16 * 1024 * 1024;

/**
 * Rewrites the log and the stores of a data folder that this process has claimed, one after the other. Rejects, and leaves
 * what is not done as it was, with one plain line: there may be no room, the log is damaged, it was interrupted.
 */
export async function compactFolder(dir: string, signal: AbortSignal): Promise<Compacted> {
  await refuseOnKafka(dir);
  const log = join(dir, OWN_LOG);
  const stores = await storeFolders(join(dir, 'stores'));
  const sizes = () => ({ log: dataBytes(log), stores: stores.reduce((sum, store) => sum + dataBytes(store), 0) });
  const before = sizes();
  await assertRoom(dir, Math.max(before.log, ...stores.map(dataBytes)) + SPARE);
  if (before.log > 0) await compactLog(log, systemClock.now(), signal);
  for (const store of stores) {
    signal.throwIfAborted();
    await compactStore(store);
  }
  const after = sizes();
  return {
    log: { before: before.log, after: after.log },
    stores: { before: before.stores, after: after.stores },
  };
}

/** A new file stands beside the old one until it is whole. */
async function assertRoom(dir: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free >= needed) return;
  const [has, needs] = [free, needed].map((bytes) => Math.ceil(bytes / 2 ** 20));
  throw new CommandFailed(
    `the disk of ${dir} has ${has} MB free, and compacting needs up to ${needs} MB while it runs; make room first`,
  );
}
