import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlockWriter, createBlockWriter, type Written } from '#lib/spool/block-file';
import { mergeFiles } from '#lib/spool/merge';
import { compareRecords, type SpoolRecord, sizeOf } from '#lib/spool/record';

export interface SorterOptions {
  /** An empty folder, for files of its own. */
  readonly dir: string;
  /** The file that holds everything in the end. */
  readonly target: string;
  readonly signal: AbortSignal;
  readonly limits?: SortLimits;
}

export interface SortLimits {
  /** Records held in memory at once, bytes. */
  readonly chunkBytes: number;
  /** Files merged at once; at least 2. */
  readonly fanIn: number;
}

/** Sorts more records than memory holds. */
export interface Sorter {
  /** Resolves soon, or after a write to the disk. */
  add(record: SpoolRecord): Promise<void> | undefined;
  /** All records are in the target, sorted, and on the disk; nothing else is left in the folder. */
  finish(): Promise<Written>;
}

const LIMITS: SortLimits = { chunkBytes: 67_108_864, fanIn: 32 };
/** What a record takes in memory beside its bytes, about. */
const OVERHEAD = 256;

/** Everything rejects with the signal's reason once it is aborted, and with what the disk rejects with. */
export function createSorter({ dir, target, signal, limits = LIMITS }: SorterOptions): Sorter {
  let chunk: SpoolRecord[] = [];
  let size = 0;
  let files = 0;
  let runs: string[] = [];

  const nextFile = () => join(dir, `run-${files++}`);

  async function writeChunk(path: string): Promise<Written> {
    const records = chunk.sort(compareRecords);
    chunk = [];
    size = 0;
    return written(path, path === target, async (writer) => {
      for (const record of records) {
        if (!writer.add(record)) continue;
        signal.throwIfAborted();
        await writer.flush();
      }
    });
  }

  async function spill(): Promise<void> {
    const path = nextFile();
    await writeChunk(path);
    runs.push(path);
  }

  async function merge(paths: readonly string[], path: string): Promise<Written> {
    const result = await written(path, path === target, (writer) => mergeFiles(paths, writer, signal));
    for (const merged of paths) await rm(merged);
    return result;
  }

  return {
    add(record) {
      chunk.push(record);
      size += sizeOf(record) + OVERHEAD;
      return size >= limits.chunkBytes ? spill() : undefined;
    },
    async finish() {
      if (runs.length === 0) return writeChunk(target);
      if (chunk.length > 0) await spill();
      while (runs.length > limits.fanIn) {
        const path = nextFile();
        await merge(runs.slice(0, limits.fanIn), path);
        runs = [...runs.slice(limits.fanIn), path];
      }
      return merge(runs, target);
    },
  };
}

async function written(
  path: string,
  durable: boolean,
  write: (writer: BlockWriter) => Promise<void>,
): Promise<Written> {
  const writer = await createBlockWriter(path);
  try {
    await write(writer);
    return await writer.finish(durable);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
