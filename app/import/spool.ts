import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DamagedSpool, readBlocks, type SpoolBlock } from '#lib/spool/block-file';
import type { SpoolRecord } from '#lib/spool/record';
import { createSorter, type SortLimits } from '#lib/spool/sorter';

const Manifest = z.object({
  import_id: z.string(),
  publisher: z.string(),
  /** What was read, in the order in which lines number them. */
  inputs: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  /** Lines of all inputs. */
  lines: z.number(),
  /** Of the sorted file. */
  bytes: z.number(),
  /** When the import began, ms since 1970 UTC. */
  began: z.number(),
});

/** What a complete spool holds. */
export type SpoolManifest = z.infer<typeof Manifest>;

const SORTED = 'sorted';
const MANIFEST = 'manifest.json';

/**
 * The sorted lines of an import, in a folder that is there from when reading begins until all is imported. What it holds
 * counts once it is complete.
 */
export interface Spool {
  /** Missing, being filled when that was interrupted, or complete. */
  state(): Promise<'missing' | 'partial' | SpoolManifest>;
  /** Sorts what `read` adds into a new spool. Rejects with what `read` and the disk reject with, and leaves nothing then. */
  fill(read: (add: (record: SpoolRecord) => Promise<void> | undefined) => Promise<void>): Promise<Filled>;
  /** Makes a filled spool complete. */
  complete(manifest: SpoolManifest): Promise<void>;
  /** Rejects with DamagedSpool if what is there is not what was written. */
  verify(manifest: SpoolManifest): Promise<void>;
  blocks(from: number): AsyncGenerator<SpoolBlock>;
  remove(): Promise<void>;
}

export interface Filled {
  /** Tells the content, whatever the order in which it was added. */
  readonly digest: string;
  /** Of the sorted file. */
  readonly bytes: number;
}

/** The spool in a folder; only this user may read it. */
export function openSpool(dir: string, signal: AbortSignal, limits?: SortLimits): Spool {
  const sorted = join(dir, SORTED);
  const manifestPath = join(dir, MANIFEST);
  const remove = () => rm(dir, { recursive: true, force: true });

  async function make(): Promise<void> {
    await remove();
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
  }

  return {
    async state() {
      const text = await textOf(manifestPath);
      if (text !== undefined) return Manifest.parse(JSON.parse(text));
      return (await sizeOf(dir)) === undefined ? 'missing' : 'partial';
    },
    async fill(read) {
      await make();
      try {
        const sorter = createSorter({ dir, target: sorted, signal, ...(limits === undefined ? {} : { limits }) });
        await read((record) => sorter.add(record));
        const { digest, bytes } = await sorter.finish();
        return { digest, bytes };
      } catch (error) {
        await remove();
        throw error;
      }
    },
    async complete(manifest) {
      await writeWhole(dir, manifestPath, JSON.stringify(manifest));
    },
    async verify({ bytes }) {
      if ((await sizeOf(sorted)) !== bytes) throw new DamagedSpool(`${sorted} is damaged`);
      for await (const _block of readBlocks(sorted)) signal.throwIfAborted();
    },
    blocks: (from) => readBlocks(sorted, from),
    remove,
  };
}

/** The file is there with all of its text, or is not there, whenever the machine stops. */
async function writeWhole(dir: string, path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Bytes; undefined if there is nothing. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
