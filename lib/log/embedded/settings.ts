import type { Database } from 'lmdb';
import type { ChunkPlace } from '#lib/log/embedded/chunk-key';

/** What the log keeps beside its records: small JSON values by name. */
export type Settings = Database<unknown, SettingKey>;

export type SettingKey = [kind: SettingKind, ...rest: (string | number)[]];

/**
 * topic, name → { id, partitions } · schema, id → JSON · end, topic id, partition → offset after the last record ·
 * bytes, topic id, partition → what its chunks take with their keys · epoch, task → number of its owner ·
 * position, task, topic, partition → [offset, cursor] · named, name → text · retention, days → how long what expires is kept ·
 * retention, begun → since when chunks tell their time, ms since 1970 UTC
 */
type SettingKind = 'topic' | 'schema' | 'end' | 'bytes' | 'epoch' | 'position' | 'named' | 'retention';

export function endKey({ topicId, at }: ChunkPlace): SettingKey {
  return ['end', topicId, at.partition];
}

export function bytesKey({ topicId, at }: ChunkPlace): SettingKey {
  return ['bytes', topicId, at.partition];
}

/** Names become keys of LMDB, which have at most 1978 bytes. */
const MAX_NAME_BYTES = 1000;

export function checkName(name: string): string {
  if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new Error(`a name in the log has 1 to ${MAX_NAME_BYTES} bytes: ${name.slice(0, 40)}`);
  }
  return name;
}

/** A setting that counts; `otherwise` if there is none. */
export function numberAt(settings: Settings, key: SettingKey, otherwise: number): number {
  const value = settings.get(key);
  return typeof value === 'number' ? value : otherwise;
}

/** All settings of a kind, by the next part of their keys. */
export function settingsOf(settings: Settings, kind: SettingKind): ReadonlyMap<string | number, unknown> {
  const found = new Map<string | number, unknown>();
  for (const { key, value } of settings.getRange({ start: [kind, -1] })) {
    if (key[0] !== kind) break;
    if (key[1] !== undefined) found.set(key[1], value);
  }
  return found;
}
