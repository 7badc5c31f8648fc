import type { RootDatabase } from 'lmdb';
import type { RecordSchemas } from '#lib/avro/schema';
import type { ChunkDatabase } from '#lib/log/embedded/chunks';
import { type LogRegistry, settleSchemas } from '#lib/log/embedded/registry';
import type { Settings } from '#lib/log/embedded/settings';
import { type Partitions, settleTopics, type TopicSetting } from '#lib/log/embedded/topics';
import { openEnvironment } from '#lib/store/environment';
import { diskFailure } from '#lib/store/failure';

/** The log's environment, with its topics and schemas settled and stored. */
export interface LogFiles {
  readonly environment: RootDatabase<unknown, string>;
  readonly chunkDatabase: ChunkDatabase;
  readonly settings: Settings;
  readonly topics: ReadonlyMap<string, TopicSetting>;
  readonly registry: LogRegistry;
}

export const MAP_BYTES = 2 ** 36;

/** Throws FlowError `full` or `outage`, and an Error if the folder is damaged or holds a log of other partition counts. */
export async function openFiles(dir: string, partitions: Partitions, schemas: RecordSchemas): Promise<LogFiles> {
  const environment = openEnvironment({ dir, what: 'the log', mapSize: MAP_BYTES, durable: true });
  try {
    const { chunkDatabase, settings } = openDatabases(environment);
    const { topics, added } = settleTopics(settings, partitions);
    const registry = settleSchemas(settings, schemas);
    if (added.length > 0 || registry.added.size > 0) {
      await environment.childTransaction(() => {
        for (const name of added) settings.put(['topic', name], topics.get(name));
        for (const [id, schema] of registry.added) settings.put(['schema', id], schema);
      });
      await environment.flushed;
    }
    return { environment, chunkDatabase, settings, topics, registry };
  } catch (thrown) {
    await environment.close();
    if (isOfDisk(thrown)) throw await diskFailure('cannot open the log', dir, thrown);
    throw thrown;
  }
}

/** What lies in the log's environment. */
export function openDatabases(
  environment: RootDatabase<unknown, string>,
): Pick<LogFiles, 'chunkDatabase' | 'settings'> {
  return {
    chunkDatabase: environment.openDB('chunks', { encoding: 'binary', keyEncoding: 'binary' }),
    settings: environment.openDB('settings', { encoding: 'json' }),
  };
}

/** Errors of LMDB carry a code or the promise of one; those of the settings are plain. */
function isOfDisk(thrown: unknown): boolean {
  return thrown instanceof Error && ('code' in thrown || 'commitError' in thrown);
}
