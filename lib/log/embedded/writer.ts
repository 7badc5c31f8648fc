import type { RootDatabase } from 'lmdb';
import { CHUNK_BYTES } from '#lib/log/embedded/chunk';
import { chunkKey } from '#lib/log/embedded/chunk-key';
import type { ChunkDatabase } from '#lib/log/embedded/chunks';
import type { Packing } from '#lib/log/embedded/packer';
import { type Plan, plan } from '#lib/log/embedded/plan';
import { bytesKey, endKey, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import type { Slot } from '#lib/log/embedded/slot';
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

interface Asked<Work> {
  readonly work: Work;
  readonly resolve: (written: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/** What goes to the disk together. */
type Group =
  | { readonly kind: 'writes'; readonly asked: readonly Asked<Write>[] }
  | { readonly kind: 'removal'; readonly asked: Asked<Removal> };

/** Bytes after which a group ends. */
const GROUP_BYTES = 16 * 1024 * 1024;

export function createGroupWriter(deps: {
  readonly environment: RootDatabase<unknown, string>;
  readonly chunks: ChunkDatabase;
  readonly settings: Settings;
  /** ms since 1970 UTC */
  readonly now: () => number;
  readonly failure: (thrown: unknown) => Promise<Error>;
  /** Throws if there may be no room for so many bytes. */
  readonly assertRoom: (bytes: number) => void;
}): GroupWriter {
  const { environment, chunks, settings, now, failure, assertRoom } = deps;
  const waiting: Asked<Write | Removal>[] = [];
  let running: Promise<void> | undefined;

  const writeAll = async (group: readonly Write[]): Promise<Plan> => {
    const planned = plan(group, { chunks, settings, writtenAt: now() });
    await Promise.all(Array.from(planned.edits.values(), (edits) => edits.seal()));
    // A child transaction: if a write fails, those before it are undone.
    await environment.childTransaction(() => {
      for (const { key, value } of planned.settings) settings.put(key, value);
      for (const [slot, edits] of planned.edits) {
        edits.apply(chunks);
        settings.put(endKey(slot), slot.tail?.end ?? slot.end);
        settings.put(bytesKey(slot), slot.bytes + edits.more);
      }
    });
    await environment.flushed;
    return planned;
  };

  const removeAll = async ({ slot, removed, bytes, start }: Removal): Promise<void> => {
    // Before it can be missed.
    slot.start = start;
    await environment.childTransaction(() => {
      for (const offset of removed) chunks.remove(chunkKey(slot, offset));
      settings.put(bytesKey(slot), slot.bytes - bytes);
    });
    await environment.flushed;
    slot.bytes -= bytes;
    // A tail is read from the disk as it is after that.
    slot.tail = undefined;
  };

  const commit = async (group: Group): Promise<void> => {
    try {
      if (group.kind === 'removal') {
        assertRoom(roomOf(group.asked.work));
        await removeAll(group.asked.work);
        return group.asked.resolve(true);
      }
      const writes = group.asked.map(({ work }) => work);
      assertRoom(writes.reduce((sum, work) => sum + roomOf(work), 0));
      const { edits, ends } = await writeAll(writes);
      for (const [slot, { more }] of edits) slot.bytes += more;
      group.asked.forEach(({ work, resolve }, index) => {
        const written = ends[index];
        if (written !== undefined) publish(work, written);
        resolve(written !== undefined);
      });
    } catch (thrown) {
      const asked: readonly Asked<Write | Removal>[] = group.kind === 'removal' ? [group.asked] : group.asked;
      // They hold what is not on the disk.
      for (const slot of asked.flatMap(({ work }) => slotsOf(work))) slot.tail = undefined;
      const reason = thrown instanceof DamagedError ? thrown : await failure(thrown);
      for (const { reject } of asked) reject(reason);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      await commit(nextGroup(waiting));
    }
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

/** Makes what is on the disk visible to readers. `ends`: where the partitions end with it. */
function publish({ appends }: Write, ends: readonly number[]): void {
  appends.forEach(({ slot, packed }, index) => {
    const end = ends[index] ?? slot.end;
    let offset = end - packed.length;
    let size = 0;
    const records = packed.map(({ key, value, size: own }) => {
      size += own;
      return { topic: slot.at.topic, partition: slot.at.partition, offset: offset++, key, value };
    });
    slot.recent.append(records, size);
    slot.end = end;
    slot.arrivals.notify();
  });
}

/** Takes the first of those who wait, and those after it that go with it. What is removed goes alone. */
function nextGroup(waiting: Asked<Write | Removal>[]): Group {
  const asked: Asked<Write>[] = [];
  let bytes = 0;
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    const { work, resolve, reject } = next;
    if ('removed' in work) {
      if (asked.length > 0) break;
      waiting.shift();
      return { kind: 'removal', asked: { work, resolve, reject } };
    }
    bytes += bytesOf(work);
    if (asked.length > 0 && bytes > GROUP_BYTES) break;
    waiting.shift();
    asked.push({ work, resolve, reject });
  }
  return { kind: 'writes', asked };
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
