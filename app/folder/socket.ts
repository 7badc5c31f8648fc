import { chmodSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '#app/folder/errors';

/** Bytes that every system allows for the path of a local socket (macOS 104, Linux 108, with the closing zero). */
const LONGEST_PATH = 100;

/** Listens on a local socket in `folder`; resolves when it answers. */
export async function listenAt(server: Server, folder: string, name: string): Promise<void> {
  await withShortPath(folder, name, (path) => {
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        chmodSync(path, 0o600);
        resolve();
      });
    });
  });
}

/** Connects to a local socket in `folder`. Rejects with ECONNREFUSED or ENOENT if nobody listens there. */
export async function connectTo(folder: string, name: string): Promise<Socket> {
  return withShortPath(folder, name, (path) => {
    return new Promise<Socket>((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
    });
  });
}

/** Whether somebody listens there; undefined if this user may not know. A stopped process still listens. */
export async function isListening(folder: string, name: string): Promise<boolean | undefined> {
  try {
    const socket = await connectTo(folder, name);
    socket.on('error', () => {});
    socket.destroy();
    return true;
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return false;
    return code === 'EAGAIN' ? true : undefined;
  }
}

/** A folder with a long path is reached through a short link of our own that lives as long as `use`. */
async function withShortPath<Result>(
  folder: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const direct = join(folder, name);
  if (Buffer.byteLength(direct) <= LONGEST_PATH) return use(direct);
  const own = await mkdtemp(join(tmpdir(), 'ls-'));
  try {
    await symlink(folder, join(own, 'd'));
    return await use(join(own, 'd', name));
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
