import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openEmbedded } from '#lib/clickhouse/embedded';
import { insertFault, queryFault } from '#lib/clickhouse/faults';
import { createGuests } from '#lib/clickhouse/guest';
import { openLane } from '#lib/clickhouse/lane';
import { createOwnStatements, type OwnStatements } from '#lib/clickhouse/own';
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
export interface ClickHouse extends OwnStatements {
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
    ...createOwnStatements(writer, reader, { insert: insertFault, statement: queryFault }),
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
