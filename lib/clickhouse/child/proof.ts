import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Proof } from '#lib/clickhouse/child/config';

/** How long a server may take to prove itself, ms: it may be busy, and it has lower priority. */
const PATIENCE = 10_000;
/** A true answer is shorter, bytes. */
const LONGEST = 4096;

/** Another program than our server answers at the port. */
export class NotOurs extends Error {}

/** How a true answer begins. */
const SUCCESS = 'HTTP/1.1 200 ';

/** Secrets for one start of a server. */
export function newProof(): Proof {
  return { path: `/${randomBytes(18).toString('hex')}`, answer: randomBytes(18).toString('hex') };
}

/**
 * Connects to a port of this machine. Resolves only if whoever listens there gives the proof: then nothing but its secret path
 * has been sent, and the connection is good for requests. Rejects otherwise: with NotOurs if something else was answered.
 */
export async function connectProven(port: number, proof: Proof, patience = PATIENCE): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  try {
    await proven(socket, proof, patience);
    return socket;
  } catch (thrown) {
    socket.on('error', () => {}).destroy();
    throw thrown;
  }
}

function proven(socket: Socket, { path, answer }: Proof, patience: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const over = (failure?: Error) => {
      clearTimeout(late);
      socket.off('data', read).off('error', over).off('close', closed);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const closed = () => over(new Error('the connection was closed before ClickHouse had proved that it is ours'));
    const read = (piece: Buffer) => {
      text += piece.toString('latin1');
      const isTrue = text.startsWith(SUCCESS) && text.endsWith(`\r\n${answer}\r\n0\r\n\r\n`);
      if (isTrue) over();
      else if (text.length > LONGEST || !text.startsWith(SUCCESS.slice(0, text.length))) {
        over(new NotOurs('a program that is not our ClickHouse answers there'));
      }
    };
    const late = setTimeout(() => over(new Error('it did not prove in time that it is ours')), patience);
    socket.on('data', read).once('error', over).once('close', closed);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  });
}
