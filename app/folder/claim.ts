import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { readChain, removeCurrent, socketName, succeed, writeCurrent } from '#app/folder/chain';
import { systemCode, unusable } from '#app/folder/errors';
import { encodeFrame, KINDS } from '#app/folder/frames';
import { isAlive } from '#app/folder/liveness';
import type { Place } from '#app/folder/place';
import type { OwnerRecord } from '#app/folder/record';
import { listenAt } from '#app/folder/socket';
import { thisProcess } from '#lib/process/identity';

export interface ClaimOptions {
  /** The command, e.g. start. */
  readonly purpose: string;
  /** True for a command that soon ends by itself. */
  readonly passing: boolean;
  /** Address of the owner's dashboard, if it is known already. */
  readonly url?: string | undefined;
}

/** The right to open a data folder, held until released or until the process ends, however it ends. */
export interface Claim {
  readonly owner: OwnerRecord;
  /** Takes the connections of those who ask; until it is called they are told to wait. */
  onConnection(take: (socket: Socket) => void): void;
  /** Publishes where the owner's dashboard is. */
  announce(facts: { readonly url: string }): Promise<void>;
  /** Close all that is open in the folder first. */
  release(): Promise<void>;
}

export type ClaimAttempt =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'owned'; readonly owner: OwnerRecord };

/**
 * Claims a data folder for this process, or says who owns it. Of any number of processes that try at once exactly one
 * gets it. A dead owner's claim is taken over; a stopped owner is still the owner. Rejects with `unusable` if the
 * folder cannot be written.
 */
export async function tryClaim(place: Place, options: ClaimOptions): Promise<ClaimAttempt> {
  try {
    await mkdir(place.owners, { recursive: true, mode: 0o700 });
    let chain = await readChain(place.owners);
    if (chain.end?.owner !== undefined && (await isAlive(place, chain.end.owner))) {
      return { kind: 'owned', owner: chain.end.owner };
    }
    const listener = await openListener(place, options);
    try {
      for (;;) {
        if (await succeed(place.owners, chain, listener.owner))
          return { kind: 'claimed', claim: claimOf(place, listener) };
        chain = await readChain(place.owners);
        if (chain.end?.owner === undefined || !(await isAlive(place, chain.end.owner))) continue;
        await listener.close();
        return { kind: 'owned', owner: chain.end.owner };
      }
    } catch (thrown) {
      await listener.close();
      throw thrown;
    }
  } catch (thrown) {
    throw systemCode(thrown) === undefined ? thrown : unusable(place.named, thrown);
  }
}

interface Listener {
  readonly owner: OwnerRecord;
  onConnection(take: (socket: Socket) => void): void;
  close(): Promise<void>;
}

/** The claim's socket listens before the claim can be seen, so a claim whose socket refuses has no owner any more. */
async function openListener(place: Place, options: ClaimOptions): Promise<Listener> {
  const owner: OwnerRecord = {
    id: randomBytes(6).toString('hex'),
    ...(await thisProcess()),
    folder: place.inode,
    purpose: options.purpose,
    passing: options.passing,
    since: new Date().toISOString(),
    url: options.url,
  };
  const server = createServer();
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.write(encodeFrame(KINDS.hello, Buffer.alloc(0)));
  });
  await listenAt(server, place.owners, socketName(owner.id));
  return {
    owner,
    onConnection: (take) => {
      for (const socket of open) take(socket);
      server.on('connection', take);
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of open) socket.destroy();
      await closed;
      await rm(join(place.owners, socketName(owner.id)), { force: true });
    },
  };
}

function claimOf(place: Place, listener: Listener): Claim {
  let owner = listener.owner;
  let released = false;
  return {
    get owner() {
      return owner;
    },
    onConnection: listener.onConnection,
    announce: async ({ url }) => {
      owner = { ...owner, url };
      await writeCurrent(place.owners, owner);
    },
    release: async () => {
      if (released) return;
      released = true;
      await removeCurrent(place.owners);
      await listener.close();
    },
  };
}
