import { rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asBinary, type Database, type RootDatabase } from 'lmdb';
import { FlowError } from '#lib/flow/errors';
import type { Change, OpenStore, Store } from '#lib/flow/store';
import { DamagedError, openEnvironment } from '#lib/store/environment';
import { assertRoom, diskFailure, failureOf } from '#lib/store/failure';
import { checkKey } from '#lib/store/key';
import { openMark } from '#lib/store/mark';
import { isPositions, positionsText, storeConflict } from '#lib/store/positions';
import { openStoreTables, POSITIONS, readerOf, type Table } from '#lib/store/table';

const MAP_BYTES = 2 ** 34;
/** So many values are encoded without a break. */
const AT_ONCE = 1_000;

/** The stores of all tasks, each in a folder of its own below `dir`. */
export function lmdbStores(options: { readonly dir: string }): OpenStore {
  return (task) => openLmdbStore({ dir: storeFolder(options.dir, task) });
}

/** Where the store of a task is below `dir`. */
export function storeFolder(dir: string, task: string): string {
  return join(dir, encodeURIComponent(task));
}

/**
 * A store in an LMDB environment of its own. It survives its process at any instant. Nothing is synced to the disk before
 * `close`: if the machine stops while it is open, its pages may be torn, so it opens empty the next time and is rebuilt
 * from the log; so it does if its file is damaged. Values are plain data; bytes come back as
 * a Buffer, -0 as 0, and a property named __proto__ under another name.
 */
export async function openLmdbStore(options: { readonly dir: string }): Promise<Store> {
  const { dir } = options;
  const what = `the store in ${dir}`;
  const mark = openMark(dir);
  const { environment, table, versions } = openOrStartAnew(dir, what, mark.intact);
  try {
    mark.set();
  } catch (thrown) {
    await environment.close();
    throw failureOf(`cannot open ${what}`, dir, thrown);
  }
  let open = true;

  const checkOpen = (): void => {
    if (!open) throw new FlowError('closed', `${what} is closed`, { retriable: false });
  };
  const write = async (run: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await run();
    } catch (thrown) {
      throw await diskFailure(what, dir, thrown);
    }
  };
  const stored = () => {
    const entry = versions.getEntry(POSITIONS);
    return { version: entry?.version, positions: isPositions(entry?.value) ? entry.value : undefined };
  };

  return {
    ...readerOf(table),
    positions: () => stored().positions,
    async commit(changes, positions, expected) {
      checkOpen();
      // All that can throw comes before the transaction: what it has written by then would stay.
      let size = 0;
      const encode = ({ key, value }: Change) => {
        checkKey(key);
        if (value === undefined) return { key, bytes: undefined };
        const encoded = table.encode(value);
        size += encoded.length;
        return { key, bytes: asBinary(encoded) };
      };
      const writes = changes.slice(0, AT_ONCE).map(encode);
      for (let from = AT_ONCE; from < changes.length; from += AT_ONCE) {
        // Others wait for this thread.
        await setImmediate();
        for (const change of changes.slice(from, from + AT_ONCE)) writes.push(encode(change));
      }
      checkOpen();
      const before = stored();
      if (positionsText(before.positions) !== positionsText(expected)) throw storeConflict(what);
      const apply = (): void => {
        for (const { key, bytes } of writes) {
          if (bytes === undefined) table.database.remove(key);
          else table.database.put(key, bytes);
        }
        versions.put(POSITIONS, positions, (before.version ?? 0) + 1);
      };
      assertRoom(what, dir, size);
      const applied = await write(() =>
        before.version === undefined
          ? versions.ifNoExists(POSITIONS, apply)
          : versions.ifVersion(POSITIONS, before.version, apply),
      );
      if (!applied) throw storeConflict(what);
    },
    async clear() {
      checkOpen();
      assertRoom(what, dir, 0);
      await write(async () => {
        await environment.transaction(() => {
          table.database.clearAsync();
          versions.clearAsync();
        });
        return true;
      });
    },
    async close() {
      if (!open) return;
      open = false;
      await environment.close();
      await sync(join(dir, 'data.mdb'));
      mark.clear();
    },
  };
}

interface Prepared {
  readonly environment: RootDatabase<unknown, string>;
  readonly table: Table;
  readonly versions: Database<unknown, string>;
}

function openOrStartAnew(dir: string, what: string, intact: boolean): Prepared {
  if (!intact) forget(dir);
  try {
    return prepare(dir, what);
  } catch (thrown) {
    if (!(thrown instanceof DamagedError)) throw thrown;
    forget(dir);
    return prepare(dir, what);
  }
}

function forget(dir: string): void {
  for (const file of ['data.mdb', 'lock.mdb']) rmSync(join(dir, file), { force: true });
}

function prepare(dir: string, what: string): Prepared {
  const environment = openEnvironment({ dir, what, mapSize: MAP_BYTES, durable: false });
  try {
    return { environment, ...openStoreTables(environment) };
  } catch (thrown) {
    void environment.close();
    throw failureOf(`cannot open ${what}`, dir, thrown);
  }
}

async function sync(file: string): Promise<void> {
  const handle = await openFile(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
