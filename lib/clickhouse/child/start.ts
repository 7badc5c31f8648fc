import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Proof, renderConfig } from '#lib/clickhouse/child/config';
import { endFormer, nameServer } from '#lib/clickhouse/child/former';
import { clickHouseLibrary } from '#lib/clickhouse/child/library';
import { freePort } from '#lib/clickhouse/child/ports';
import { connectProven, NotOurs, newProof } from '#lib/clickhouse/child/proof';
import { renderUsers, type User } from '#lib/clickhouse/child/users';
import { plainLine } from '#lib/clickhouse/faults';
import type { MemoryLimits } from '#lib/clickhouse/settings';
import { messageOf, outage } from '#lib/flow/errors';

const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url));

/** How long a server may take until it answers, ms: it reads what tables there are first. */
const PATIENCE = 60_000;
/** Between two attempts to reach one that starts, ms. */
const PAUSE = 10;
/** Starts until one has got its port: another process may take it between look and use. */
const ATTEMPTS = 5;
/** Whoever has not got its port says so, or goes on without listening: then another program answers there. */
const TAKEN = 'Address already in use';

export interface StartOptions {
  /** The folder of the tables, absolute. */
  readonly dir: string;
  readonly owner: User;
  readonly reader: User;
  readonly memory: MemoryLimits;
  /** The first to be tried; 0: any. */
  readonly port: number;
}

/** A server that answers. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly proof: Proof;
  /** Resolves when it has ended, with how: one plain line. */
  readonly ended: Promise<string>;
  /** Ends it at once: what it has acknowledged is on the disk. Resolves when it is gone. */
  end(): Promise<void>;
}

/**
 * Starts a server on a folder and waits until it answers and has proved that it is the one. A server that a former process has left
 * is ended first. Rejects with an outage if the folder cannot be used, and for good where there is no ClickHouse.
 */
export async function startServer(options: StartOptions): Promise<ServerProcess> {
  const { dir } = options;
  const library = clickHouseLibrary();
  const files = join(dir, 'server');
  try {
    await mkdir(files, { recursive: true, mode: 0o700 });
    // A folder that is there keeps its mode: rows are read by its owner alone.
    await chmod(dir, 0o700);
  } catch (thrown) {
    throw outage(`cannot write to ${dir}`, thrown);
  }
  const lock = join(files, 'process.json');
  await endFormer(lock, dir);
  for (let attempt = 1; ; attempt++) {
    const server = await attemptToStart(options, files, library);
    const { pid } = server.child;
    try {
      if (pid !== undefined) await nameServer(lock, dir, pid);
    } catch (thrown) {
      await server.end();
      throw outage(`cannot write to ${dir}`, thrown);
    }
    const failed = await server.answers();
    if (failed === undefined && pid !== undefined) {
      const { port, proof, ended, end } = server;
      return { pid, port, proof, ended, end };
    }
    await server.end();
    if (attempt < ATTEMPTS && failed?.includes(TAKEN) === true) continue;
    throw outage(`cannot start ClickHouse on ${dir}`, new Error(reasonOf(failed ?? '')));
  }
}

async function attemptToStart(options: StartOptions, files: string, library: string) {
  const { dir, owner, reader, memory } = options;
  const port = await freePort(options.port);
  const proof = newProof();
  const configFile = join(files, 'config.xml');
  const usersFile = join(files, 'users.xml');
  const mode = { mode: 0o600 };
  try {
    await writeFile(usersFile, renderUsers(owner, reader, memory), mode);
    await writeFile(configFile, renderConfig({ dir, port, usersFile, proof, memory }), mode);
  } catch (thrown) {
    throw outage(`cannot write to ${dir}`, thrown);
  }
  // In a group of its own, so that Ctrl-C reaches the one that ends it in order.
  const child = spawn(process.execPath, [MAIN, library, configFile], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    cwd: files,
  });
  child.stdin.on('error', () => {});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(-16_384);
  });
  const ended = endOf(child);
  return {
    child,
    port,
    proof,
    ended,
    /** Undefined: it answers; else what it has said. */
    async answers(): Promise<string | undefined> {
      let over: string | undefined;
      void ended.then((how) => {
        over = how;
      });
      const until = performance.now() + PATIENCE;
      while (performance.now() < until) {
        if (over !== undefined) return said.trim() === '' ? over : said;
        try {
          (await connectProven(port, proof)).destroy();
          if (over === undefined) return undefined;
        } catch (thrown) {
          if (thrown instanceof NotOurs) return TAKEN;
          await sleep(PAUSE);
        }
      }
      return `it did not answer within ${PATIENCE / 1000} s`;
    },
    async end(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    await once(child, 'close');
  } catch (thrown) {
    // It could not be started at all.
    return messageOf(thrown);
  }
  return child.signalCode === null
    ? `it ended with exit code ${child.exitCode}`
    : `it was ended by ${child.signalCode}`;
}

function reasonOf(said: string): string {
  if (/Cannot lock file/.test(said)) return 'another process is using it';
  const line = said.split('\n').find((one) => /DB::Exception|Error:|error:/.test(one));
  return plainLine(line ?? said.trim());
}
