import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#lib/flow/ports';

export interface HandClock extends Clock {
  /** Slept so far, ms, in order. */
  readonly slept: readonly number[];
  advance(ms: number): void;
}

/** A clock on which sleeping takes no time, but passes it. */
export function handClock(): HandClock {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

export interface Impostor {
  readonly url: string;
  /** Method and path of each request. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Something at a registry's address that answers as the test says. */
export async function impostor(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Impostor> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer as a registry gives it. */
export function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body));
}
