import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '#app/folder/errors';
import { type OwnerRecord, parseClaim, type WrittenClaim } from '#app/folder/record';

/**
 * Claims on a folder form a chain: `current.json` names a claim, `after-<id>.json` its successor, and the end of the
 * chain is the claim in force. A successor is made by a link, which the file system grants to exactly one of those who
 * try; only then is `current.json` brought forward and the passed links deleted, in this order, by the new owner alone.
 * So whoever links on outdated knowledge finds on a second look that the chain does not reach their claim.
 */
export interface Chain {
  /** Ids from `current.json` on; NOBODY stands for a missing one. */
  readonly ids: readonly string[];
  /** The claim in force; undefined if there is none. */
  readonly end: WrittenClaim | undefined;
}

const NOBODY = 'nobody';

export async function readChain(owners: string): Promise<Chain> {
  let end = await readClaim(currentFile(owners));
  const ids = [end?.id ?? NOBODY];
  for (let last = ids[0]; last !== undefined; ) {
    const next = await readClaim(successorFile(owners, last));
    last = next === undefined || ids.includes(next.id) ? undefined : next.id;
    if (next !== undefined && last !== undefined) {
      ids.push(last);
      end = next;
    }
  }
  return { ids, end };
}

/** Makes `record` the successor of the chain's end. False: somebody else was quicker, nothing was changed. */
export async function succeed(owners: string, chain: Chain, record: OwnerRecord): Promise<boolean> {
  const last = chain.ids.at(-1) ?? NOBODY;
  const link = successorFile(owners, last);
  if (!(await createWhole(owners, link, record))) return false;
  try {
    const now = await readChain(owners);
    if (now.end?.id !== record.id) {
      await rm(link, { force: true });
      return false;
    }
    await writeCurrent(owners, record);
    for (const passed of now.ids.slice(0, -1)) {
      await rm(successorFile(owners, passed), { force: true });
      await rm(join(owners, socketName(passed)), { force: true });
    }
    return true;
  } catch (thrown) {
    await rm(link, { force: true }).catch(() => {});
    throw thrown;
  }
}

/** Only the owner may call this. */
export async function writeCurrent(owners: string, record: OwnerRecord): Promise<void> {
  const fresh = await writeFresh(owners, record);
  await rename(fresh, currentFile(owners)).catch(async (thrown: unknown) => {
    await rm(fresh, { force: true });
    throw thrown;
  });
}

/** Ends the chain: nobody owns the folder. Only the owner may call this. */
export async function removeCurrent(owners: string): Promise<void> {
  await rm(currentFile(owners), { force: true });
}

export function socketName(id: string): string {
  return `${id}.sock`;
}

/** Creates the file with all its content, or returns false because it exists. */
async function createWhole(owners: string, path: string, record: OwnerRecord): Promise<boolean> {
  const fresh = await writeFresh(owners, record);
  try {
    await link(fresh, path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') return false;
    throw thrown;
  } finally {
    await rm(fresh, { force: true });
  }
}

async function writeFresh(owners: string, record: OwnerRecord): Promise<string> {
  const path = join(owners, `fresh-${record.id}.json`);
  try {
    await writeFile(path, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    return path;
  } catch (thrown) {
    await rm(path, { force: true }).catch(() => {});
    throw thrown;
  }
}

async function readClaim(path: string): Promise<WrittenClaim | undefined> {
  try {
    return parseClaim(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

function currentFile(owners: string): string {
  return join(owners, 'current.json');
}

function successorFile(owners: string, id: string): string {
  return join(owners, `after-${id}.json`);
}
