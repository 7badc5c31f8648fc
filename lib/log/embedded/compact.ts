import type { RootDatabase } from 'lmdb';
import { damaged } from '#lib/log/embedded/chunk';
import { type ChunkDatabase, chunksOf, unpack } from '#lib/log/embedded/chunks';
import { MAP_BYTES, openDatabases } from '#lib/log/embedded/files';
import { bytesKey, endKey, numberAt, type Settings } from '#lib/log/embedded/settings';
import { type Slot, spanOf } from '#lib/log/embedded/slot';
import { Tail } from '#lib/log/embedded/tail';
import { storedTopics } from '#lib/log/embedded/topics';
import { replaceEnvironment } from '#lib/store/compact';
import { openEnvironment } from '#lib/store/environment';

/** Written in one transaction, bytes. */
const GROUP_BYTES = 8 * 1024 * 1024;

interface Databases {
  readonly environment: RootDatabase<unknown, string>;
  readonly chunkDatabase: ChunkDatabase;
  readonly settings: Settings;
}

/**
 * Rewrites the log in a folder, which nobody has open: all records in full, compressed chunks, in a file without gaps. Every
 * chunk is checked on the way. Rejects with DamagedError if one is not what was written, with `full` or `outage`, or with
 * the signal's reason; the log is as it was then.
 */
export async function compactLog(dir: string, now: number, signal: AbortSignal): Promise<void> {
  const from = openLog(dir);
  try {
    await replaceEnvironment(dir, async (into) => {
      const to = openLog(into);
      try {
        await copy(from, to, now, signal);
        await to.environment.flushed;
      } finally {
        await to.environment.close();
      }
    });
  } finally {
    await from.environment.close();
  }
}

function openLog(dir: string): Databases {
  const environment = openEnvironment({ dir, what: 'the log', mapSize: MAP_BYTES, durable: true });
  return { environment, ...openDatabases(environment) };
}

async function copy(from: Databases, to: Databases, now: number, signal: AbortSignal): Promise<void> {
  const begun = numberAt(from.settings, ['retention', 'begun'], now);
  /** By key: what is put and removed again before it is written leaves no gap. */
  const puts = new Map<string, { readonly key: Buffer; readonly bytes: Buffer }>();
  const removed: Buffer[] = [];
  const settings: (() => unknown)[] = [];
  let size = 0;
  const target = {
    put(key: Buffer, bytes: Buffer) {
      puts.set(key.toString('hex'), { key, bytes });
      size += bytes.length;
    },
    remove(key: Buffer) {
      if (!puts.delete(key.toString('hex'))) removed.push(key);
    },
  };
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    await to.environment.transaction(() => {
      for (const key of removed) to.chunkDatabase.remove(key);
      for (const { key, bytes } of puts.values()) to.chunkDatabase.put(key, bytes);
      for (const put of settings) put();
    });
    puts.clear();
    [removed.length, settings.length, size] = [0, 0, 0];
  };

  for (const { key, value } of from.settings.getRange({})) settings.push(() => to.settings.put(key, value));
  for (const place of places(from.settings)) {
    let tail: Tail | undefined;
    let bytes = 0;
    for (const stored of chunksOf(from.chunkDatabase, place, 0, 'on')) {
      const { body, writtenAt = begun } = unpack(place, stored);
      tail ??= new Tail(place, stored.offset);
      if (stored.offset !== tail.end) throw damaged(place.at, tail.end, 'its record is missing');
      bytes += tail.append(body, writtenAt, target);
      if (size > GROUP_BYTES) await flush();
    }
    bytes += tail?.finish(target) ?? 0;
    const end = numberAt(from.settings, endKey(place), 0);
    if (tail !== undefined && tail.end !== end) throw damaged(place.at, tail.end, 'its record is missing');
    settings.push(() => to.settings.put(bytesKey(place), bytes));
  }
  await flush();
}

function* places(settings: Settings): Generator<Pick<Slot, 'at' | 'topicId' | 'span'>> {
  for (const [topic, { id: topicId, partitions }] of storedTopics(settings)) {
    for (let partition = 0; partition < partitions; partition++) {
      yield { at: { topic, partition }, topicId, span: spanOf(topic) };
    }
  }
}
