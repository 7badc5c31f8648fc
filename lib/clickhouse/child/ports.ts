import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Where a server of our own answers analysts on 127.0.0.1 unless told, or at the next that is free. */
export const USUAL_PORT = 8123;

/** Next ports that are tried before any free one is taken. */
const TRIED = 100;

/** A free port of 127.0.0.1: `wanted`, else one of the next; any if `wanted` is 0. Another process may take it at any time. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; wanted > 0 && port < Math.min(wanted + TRIED, 65_536); port++) {
    if ((await listenOnce(port)) !== undefined) return port;
  }
  const any = await listenOnce(0);
  if (any === undefined) throw new Error('no port of 127.0.0.1 is free');
  return any;
}

/** The port; undefined: it cannot be listened on. */
async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
