import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openEmbedded } from '#lib/clickhouse/embedded';
import { insertFault, queryFault } from '#lib/clickhouse/faults';
import { createGuests } from '#lib/clickhouse/guest';
import { openLane } from '#lib/clickhouse/lane';
import {
  DEFAULT_MEMORY,
  engineArguments,
  guestSettings,
  type MemoryLimits,
  readerSettings,
  writerSettings,
} from '#lib/clickhouse/settings';
import { outage } from '#lib/flow/errors';

/** The database for analysts. Our reads wait neither behind inserts nor behind users' statements. */
export interface ClickHouse {
  /** Resolves when the rows are acknowledged. Rejects with an outage, or with a SqlError if the rows cannot fit. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
  /** Runs a statement that defines tables. */
  command(sql: string): Promise<void>;
  /** The project's own small reads, with `{name:Type}` parameters, as objects by column. Numbers beyond 2^53 lose digits. */
  rows(sql: string, params?: Readonly<Record<string, unknown>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * A user's statement, one that reads: the answer's bytes in the given format of ClickHouse, as they come. Fails with a
   * SqlError, nearly always before the first bytes. Read it to its end, or leave the loop.
   */
  query(sql: string, format: string): AsyncIterable<Uint8Array>;
  /** Waits for what is under way; answers that are not read to their end fail. */
  close(): Promise<void>;
}

export interface ClickHouseOptions {
  /** Folder of the embedded engine; one process at a time. */
  readonly dir: string;
  readonly memory?: MemoryLimits;
}

/** Opens the embedded engine; rejects with an outage if the folder cannot be used. One folder at a time per process. */
export async function openClickHouse({ dir, memory = DEFAULT_MEMORY }: ClickHouseOptions): Promise<ClickHouse> {
  const path = resolve(dir);
  await assertWritable(path);
  const engine = openEmbedded(path, engineArguments(memory));
  const writer = await openLane(engine, writerSettings(memory));
  const reader = await openLane(engine, readerSettings(memory));
  const guests = createGuests(engine, guestSettings(memory));

  return {
    async insert(table, columns, rows) {
      const [first, ...rest] = columns;
      if (rows.length === 0 || first === undefined) return;
      try {
        // A format that is one JSON text as a whole: the client encodes it at once, not row by row.
        const values = { meta: [], data: rows };
        await writer.run((client) =>
          client.insert({ table, columns: [first, ...rest], values, format: 'JSONCompact' }),
        );
      } catch (thrown) {
        throw insertFault(table, thrown);
      }
    },
    async command(sql) {
      await writer.run((client) => client.command({ query: sql })).catch(refuse);
    },
    async rows(sql, params = {}) {
      const answer = await reader
        .run((client) => client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' }))
        .catch(refuse);
      return answer.json<Record<string, unknown>>();
    },
    query: (sql, format) => guests.query(sql, format),
    async close() {
      await Promise.all([writer.close(), reader.close(), guests.close()]);
      await engine.close();
    },
  };
}

/** The engine gives no reason when it cannot open a folder. */
async function assertWritable(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (thrown) {
    throw outage(`cannot write to ${path}`, thrown);
  }
}

function refuse(thrown: unknown): never {
  throw queryFault(thrown);
}
