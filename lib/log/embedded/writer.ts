import type { RootDatabase } from 'lmdb';
import type { Chunk, Packed } from '#lib/log/embedded/chunk';
import type { ChunkDatabase } from '#lib/log/embedded/chunks';
import { numberAt, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import { chunkKey, type Slot } from '#lib/log/embedded/slot';

/** What is written together, or not at all. All of it is prepared: nothing in it can fail but the disk. */
export interface Write {
  readonly appends: readonly Append[];
  readonly settings: readonly { readonly key: SettingKey; readonly value: unknown }[];
  /** Written only if the task's owner is still this one. */
  readonly owner?: { readonly task: string; readonly epoch: number };
}

export interface Append {
  readonly slot: Slot;
  readonly chunks: readonly Chunk[];
  readonly packed: readonly Packed[];
}

/** Writes in the order of the calls, in groups: one transaction and one wait for the disk for all that came meanwhile. */
export interface GroupWriter {
  /** Resolves when it is on the disk and readers have it; to false if the task has another owner. */
  write(write: Write): Promise<boolean>;
  /** Resolves when all that was asked for is done. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: (written: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/** Bytes after which a group ends. */
const GROUP_BYTES = 16 * 1024 * 1024;

export function createGroupWriter(deps: {
  readonly environment: RootDatabase<unknown, string>;
  readonly chunks: ChunkDatabase;
  readonly settings: Settings;
  readonly failure: (thrown: unknown) => Promise<Error>;
  /** Throws if there may be no room for so many bytes. */
  readonly assertRoom: (bytes: number) => void;
}): GroupWriter {
  const { environment, chunks, settings, failure, assertRoom } = deps;
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  /** Inside the transaction. Returns the offset of the first record of each append, or undefined if it wrote nothing. */
  const apply = (
    { appends, settings: changes, owner }: Write,
    ends: Map<Slot, number>,
  ): readonly number[] | undefined => {
    if (owner !== undefined && numberAt(settings, ['epoch', owner.task], 0) !== owner.epoch) return undefined;
    const firsts = appends.map(({ slot, chunks: added }) => {
      const first = ends.get(slot) ?? numberAt(settings, endKey(slot), 0);
      let end = first;
      for (const { count, bytes } of added) {
        chunks.put(chunkKey(slot, end), bytes);
        end += count;
      }
      ends.set(slot, end);
      return first;
    });
    for (const { key, value } of changes) settings.put(key, value);
    return firsts;
  };

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    try {
      assertRoom(group.reduce((sum, { write }) => sum + sizeOf(write), 0));
      // A child transaction: if a write fails, those before it are undone.
      const placed = await environment.childTransaction(() => {
        const ends = new Map<Slot, number>();
        const firsts = group.map(({ write }) => apply(write, ends));
        for (const [slot, end] of ends) settings.put(endKey(slot), end);
        return firsts;
      });
      await environment.flushed;
      group.forEach(({ write, resolve }, index) => {
        const firsts = placed[index];
        if (firsts !== undefined) publish(write.appends, firsts);
        resolve(firsts !== undefined);
      });
    } catch (thrown) {
      const reason = await failure(thrown);
      for (const { reject } of group) reject(reason);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const count = groupSize(waiting);
      const group = waiting.slice(0, count);
      waiting = waiting.slice(count);
      await commit(group);
    }
    running = undefined;
  };

  return {
    write: (write) =>
      new Promise((resolve, reject) => {
        waiting.push({ write, resolve, reject });
        running ??= run();
      }),
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** Makes what is on the disk visible to readers. */
function publish(appends: readonly Append[], firsts: readonly number[]): void {
  appends.forEach(({ slot, packed }, index) => {
    let offset = firsts[index] ?? slot.end;
    let bytes = 0;
    const records = packed.map(({ key, value, size }) => {
      bytes += size;
      return { topic: slot.at.topic, partition: slot.at.partition, offset: offset++, key, value };
    });
    slot.recent.append(records, bytes);
    slot.end = offset;
    slot.arrivals.notify();
  });
}

function groupSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  let count = 0;
  for (const { write } of waiting) {
    bytes += sizeOf(write);
    if (count > 0 && bytes > GROUP_BYTES) break;
    count++;
  }
  return count;
}

function sizeOf({ appends }: Write): number {
  let bytes = 0;
  for (const { chunks } of appends) for (const chunk of chunks) bytes += chunk.bytes.length;
  return bytes;
}

export function endKey(slot: Slot): SettingKey {
  return ['end', slot.topicId, slot.at.partition];
}
