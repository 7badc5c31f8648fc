import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { outage } from '#lib/flow/errors';
import { identityOf, type ProcessIdentity, stillRuns, thisProcess } from '#lib/process/identity';

const identity = z.object({ pid: z.number().int().positive(), started: z.string().min(1), namespace: z.string() });

const named = z.object({
  server: identity,
  /** Who started it. */
  parent: identity,
  /** Inode of the folder of the tables: a copy of it has no server. */
  folder: z.number(),
});

/** A server ends with its parent; one that has not after so long is ended, and so long waited for, ms. */
const GRACE = 3_000;
const END = 10_000;
const PAUSE = 20;

/** Writes down which process serves a folder of tables, for the next one that opens it. */
export async function nameServer(file: string, dir: string, pid: number): Promise<void> {
  const [server, parent, { ino }] = await Promise.all([identityOf(pid), thisProcess(), stat(dir)]);
  const fresh = `${file}.fresh`;
  await writeFile(fresh, `${JSON.stringify({ server, parent, folder: ino })}\n`, { mode: 0o600 });
  await rename(fresh, file);
}

/**
 * Waits until the server that the file names has ended, and ends it if it does not end by itself. Rejects with an outage if it is
 * in use: its parent runs.
 */
export async function endFormer(file: string, dir: string, grace = GRACE): Promise<void> {
  const former = await readNamed(file);
  if (former === undefined || former.folder !== (await stat(dir)).ino) return;
  const { server, parent } = former;
  if ((await stillRuns(server)) !== true) return;
  if ((await stillRuns(parent)) === true) {
    throw outage(`cannot open ${dir}`, new Error(`process ${parent.pid} is using it`));
  }
  if (await endedWithin(server, grace)) return;
  kill(server.pid);
  if (await endedWithin(server, END)) return;
  throw outage(`cannot open ${dir}`, new Error(`process ${server.pid}, its ClickHouse of before, does not end`));
}

async function endedWithin(server: ProcessIdentity, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += PAUSE) {
    if ((await stillRuns(server)) !== true) return true;
    await sleep(PAUSE);
  }
  return (await stillRuns(server)) !== true;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile, or is another user's: whether it runs is looked at again
  }
}

/** Undefined: no server was named, or the text is torn: then ClickHouse's own lock decides. */
async function readNamed(file: string): Promise<z.infer<typeof named> | undefined> {
  try {
    return named.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
