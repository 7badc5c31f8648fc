import type { RootDatabase } from 'lmdb';
import type { Codec } from '#lib/avro/codec';
import { CHUNK_BYTES } from '#lib/log/embedded/chunk';
import { chunkKey } from '#lib/log/embedded/chunk-key';
import type { ChunkDatabase } from '#lib/log/embedded/chunks';
import type { Packing } from '#lib/log/embedded/packer';
import { bytesKey, endKey, numberAt, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import { grow, type Reached, type Slot } from '#lib/log/embedded/slot';
import { Tail } from '#lib/log/embedded/tail';
import { DamagedError } from '#lib/store/environment';

/** What is written together, or not at all. All of it is prepared: nothing in it can fail but the disk. */
export interface Write {
  readonly appends: readonly Append[];
  readonly settings: readonly { readonly key: SettingKey; readonly value: unknown }[];
  /** Written only if the task's owner is still this one. */
  readonly owner?: { readonly task: string; readonly epoch: number };
}

export interface Append extends Packing {
  readonly slot: Slot;
}

/** The oldest chunks of a partition, to be removed. */
export interface Removal {
  readonly slot: Slot;
  /** Offsets at which they begin. */
  readonly removed: readonly number[];
  /** What they take with their keys, bytes. */
  readonly bytes: number;
  /** Offset of the oldest record that stays. */
  readonly start: number;
}

/** Writes in the order of the calls, in groups: one transaction and one wait for the disk for all that came meanwhile. */
export interface GroupWriter {
  /** Resolves when it is on the disk and readers have it; to false if the task has another owner. */
  write(write: Write): Promise<boolean>;
  /** Resolves when it is on the disk. */
  remove(removal: Removal): Promise<void>;
  /** Resolves when all that was asked for is done. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly work: Write | Removal;
  readonly resolve: (written: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/** Bytes after which a group ends. */
const GROUP_BYTES = 16 * 1024 * 1024;

/** A piece of work that is on the disk, and how far each partition that it names reaches with it. */
export interface Written {
  readonly work: Write | Removal;
  readonly reached: readonly Reached[];
}

export function createGroupWriter(deps: {
  readonly environment: RootDatabase<unknown, string>;
  readonly chunks: ChunkDatabase;
  readonly settings: Settings;
  readonly codec: Codec;
  /** ms since 1970 UTC */
  readonly now: () => number;
  readonly failure: (thrown: unknown) => Promise<Error>;
  /** Throws if there may be no room for so many bytes. */
  readonly assertRoom: (bytes: number) => void;
  /** Told of what has been written, in its order and before those who asked for it hear. */
  readonly written: (group: readonly Written[]) => void;
}): GroupWriter {
  const { environment, chunks, settings, codec, now, failure, assertRoom, written } = deps;
  const target = {
    put: (key: Buffer, bytes: Buffer) => chunks.put(key, bytes),
    remove: (key: Buffer) => chunks.remove(key),
  };
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  /** Inside the transaction. Tells how far each partition reaches with it, or undefined if it wrote nothing. */
  const apply = (work: Write | Removal, reached: Map<Slot, Reached>): readonly Reached[] | undefined => {
    if ('removed' in work) return [take(work, reached)];
    const { appends, settings: changes, owner } = work;
    if (owner !== undefined && numberAt(settings, ['epoch', owner.task], 0) !== owner.epoch) return undefined;
    const writtenAt = now();
    const places = appends.map(({ slot, records }) => {
      slot.tail ??= Tail.load(slot, chunks);
      const { bytes } = reached.get(slot) ?? slot;
      const more = slot.tail.append(records, writtenAt, target);
      const place = { end: slot.tail.end, bytes: bytes + more };
      reached.set(slot, place);
      return place;
    });
    for (const { key, value } of changes) settings.put(key, value);
    return places;
  };

  const take = ({ slot, removed, bytes, start }: Removal, reached: Map<Slot, Reached>): Reached => {
    // Before it can be missed.
    slot.start = start;
    for (const offset of removed) chunks.remove(chunkKey(slot, offset));
    const left = { end: slot.end, bytes: slot.bytes - bytes };
    reached.set(slot, left);
    return left;
  };

  const commit = async (): Promise<void> => {
    let group: readonly Waiting[] = [];
    const nextGroup = () => {
      const count = groupSize(waiting);
      group = waiting.slice(0, count);
      waiting = waiting.slice(count);
    };
    try {
      // A child transaction: if a write fails, those before it are undone. What comes until it begins goes with it.
      const placed = await environment.childTransaction(() => {
        nextGroup();
        assertRoom(group.reduce((sum, { work }) => sum + roomOf(work), 0));
        const reached = new Map<Slot, Reached>();
        const places = group.map(({ work }) => apply(work, reached));
        for (const [slot, { end, bytes }] of reached) {
          settings.put(endKey(slot), end);
          settings.put(bytesKey(slot), bytes);
        }
        return places;
      });
      await environment.flushed;
      const done: Written[] = [];
      group.forEach(({ work }, index) => {
        const reached = placed[index];
        if (reached === undefined) return;
        publish(work, reached, codec);
        done.push({ work, reached });
      });
      written(done);
      group.forEach(({ resolve }, index) => void resolve(placed[index] !== undefined));
    } catch (thrown) {
      if (group.length === 0) nextGroup();
      // They hold what is not on the disk.
      for (const slot of group.flatMap(({ work }) => slotsOf(work))) slot.tail = undefined;
      const reason = thrown instanceof DamagedError ? thrown : await failure(thrown);
      for (const { reject } of group) reject(reason);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) await commit();
    running = undefined;
  };

  const ask = (work: Write | Removal): Promise<boolean> =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      running ??= run();
    });

  return {
    write: ask,
    async remove(removal) {
      await ask(removal);
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** Makes what is on the disk visible to readers. */
function publish(work: Write | Removal, places: readonly Reached[], codec: Codec): void {
  if ('removed' in work) {
    work.slot.tail = undefined;
    work.slot.bytes -= work.bytes;
    return;
  }
  for (const [index, append] of work.appends.entries()) {
    grow(append.slot, append, places[index] ?? append.slot, codec);
  }
}

/** What is removed goes alone: a tail is read from the disk as it is after that. */
function groupSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  let count = 0;
  for (const { work } of waiting) {
    bytes += bytesOf(work);
    if (count > 0 && (bytes > GROUP_BYTES || 'removed' in work)) break;
    count++;
    if ('removed' in work) break;
  }
  return count;
}

function slotsOf(work: Write | Removal): Slot[] {
  return 'removed' in work ? [work.slot] : work.appends.map(({ slot }) => slot);
}

function bytesOf(work: Write | Removal): number {
  return 'removed' in work ? 0 : work.appends.reduce((sum, { records }) => sum + records.length, 0);
}

/** What is written: also what lies in small chunks before it, if they are packed with it. */
function roomOf(work: Write | Removal): number {
  return slotsOf(work).reduce((sum, { tail }) => sum + (tail?.size ?? CHUNK_BYTES), bytesOf(work));
}
