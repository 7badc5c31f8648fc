import { type ClickHouseOptions, type OwnClickHouse, openClickHouse } from '#lib/clickhouse/child/open';
import { isEmpty, migrate } from '#lib/clickhouse/migrate';
import type { Task } from '#lib/flow/task';

/**
 * Starts the database of a folder and brings its tables up to date. `startOver`: sets whoever fills them to the beginning of the log;
 * called if there are none. Rejects as openClickHouse does.
 */
export async function openTables(options: ClickHouseOptions, startOver: () => Promise<void>): Promise<OwnClickHouse> {
  const clickhouse = await openClickHouse(options);
  try {
    // Before the tables are there again: a crash in between finds them missing still.
    if (await isEmpty(clickhouse)) await startOver();
    await migrate(clickhouse);
    return clickhouse;
  } catch (error) {
    await clickhouse.close();
    throw error;
  }
}

/** A task that fills the tables: it begins once they are there. */
export function fillingTask(task: Task, tables: Promise<unknown>): Task {
  return {
    ...task,
    async run(signal) {
      await tables;
      if (!signal.aborted) await task.run(signal);
    },
  };
}
