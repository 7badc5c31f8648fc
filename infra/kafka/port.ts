import { createServer } from 'node:net';
import { KafkaFailure } from './failure.ts';

/** Throws KafkaFailure when something listens on a port of 127.0.0.1 already. `what` wants the port. */
export async function requireFree(port: number, what: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = taken ? 'is in use' : `cannot be opened (${error instanceof Error ? error.message : error})`;
    throw new KafkaFailure(
      `port ${port} of 127.0.0.1, for ${what}, ${reason}: stop what uses it or choose another port`,
      { cause: error },
    );
  }
}

/** A port of 127.0.0.1 that nothing listened on a moment ago. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const got = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(got));
    });
  });
}
