import type { Database, RootDatabase } from 'lmdb';
import type { TableReader } from '#lib/flow/store';
import { compareKeys } from '#lib/flow/table';
import { checkSize } from '#lib/store/key';

/** A table in an environment: string keys in order of their UTF-8 bytes, values of plain data. */
export interface Table {
  readonly database: Database<unknown, string>;
  /** The value's bytes, as `database.put(key, asBinary(bytes))` takes them. Throws for a value that is no plain data. */
  encode(value: unknown): Uint8Array;
}

export function openTable(environment: RootDatabase<unknown, string>, name: string): Table {
  const options = {
    encoding: 'msgpack',
    // Each value stands for itself: no shared structures that a torn write could lose.
    useRecords: false,
    keyEncoder: {
      // Clearing the table passes an empty buffer as the key.
      writeKey: (key: unknown, target: Buffer, start: number) =>
        typeof key === 'string' ? start + target.write(key, start, 'utf8') : start,
      readKey: (source: Buffer, start: number, end: number) => source.toString('utf8', start, end),
    },
  } as const;
  const database = environment.openDB<unknown, string>(name, options);
  if (!hasEncoder(database)) throw new Error('this version of lmdb has no encoder; install the one of package.json');
  const { encoder } = database;
  return { database, encode: (value) => encoder.encode(value) };
}

/** Reads a table as the folds do. Throws for a key that no table can hold. */
export function readerOf({ database }: Pick<Table, 'database'>): TableReader {
  return {
    get(key) {
      checkSize(key);
      return key === '' ? undefined : database.get(key);
    },
    *range(from, to) {
      checkSize(from);
      checkSize(to);
      if (compareKeys(from, to) >= 0) return;
      for (const { key, value } of database.getRange({ start: from, end: to })) yield [key, value];
    },
    *reverseRange(from, to) {
      checkSize(from);
      checkSize(to);
      if (compareKeys(from, to) >= 0) return;
      const span = { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true };
      for (const { key, value } of database.getRange(span)) yield [key, value];
    },
  };
}

/** A store's table, and the positions that it is the fold of, with a version each. */
export function openStoreTables(environment: RootDatabase<unknown, string>): {
  readonly table: Table;
  readonly versions: Database<unknown, string>;
} {
  return {
    table: openTable(environment, 'table'),
    versions: environment.openDB<unknown, string>('versions', { encoding: 'json', useVersions: true }),
  };
}

/** Key of the positions among the versions. */
export const POSITIONS = 'positions';

/** lmdb's types leave it out. Encoding outside of a transaction keeps what cannot be encoded from ending up half written. */
function hasEncoder(database: object): database is { readonly encoder: { encode(value: unknown): Uint8Array } } {
  return (
    'encoder' in database &&
    typeof database.encoder === 'object' &&
    database.encoder !== null &&
    'encode' in database.encoder &&
    typeof database.encoder.encode === 'function'
  );
}
