import type { Database, RootDatabase } from 'lmdb';

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
