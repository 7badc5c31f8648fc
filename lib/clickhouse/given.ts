import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What a client asked of the impostor. */
export interface Asked {
  readonly sql: string;
  /** Settings and all else that stands in the address. */
  readonly settings: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** Of an insert. */
  readonly rows: string;
}

export interface Impostor {
  readonly url: string;
  readonly asked: readonly Asked[];
}

export type Answer = (response: ServerResponse, asked: Asked) => unknown;

/** A server that speaks ClickHouse's HTTP as scripted, and lets everyone in. Statements are told by what they contain. */
export async function impostor(answers: Readonly<Record<string, Answer>> = {}): Promise<Impostor> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const settings = Object.fromEntries(new URL(request.url ?? '/', 'http://impostor').searchParams);
    const body = await text(request);
    const { query, ...others } = settings;
    const { authorization } = request.headers;
    const one = { sql: query ?? body, settings: others, authorization, rows: query === undefined ? '' : body };
    asked.push(one);
    const found = Object.entries({ 'system.databases': scouted(1), ...answers }).find(([part]) =>
      one.sql.includes(part),
    );
    await (found?.[1] ?? done)(response, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export function done(response: ServerResponse): void {
  response.end();
}

/** What the client asks before all else. */
export function scouted(databases: number, readonly = 0): Answer {
  return (response) => response.end(`${JSON.stringify({ readonly, databases })}\n`);
}

/** A refusal as ClickHouse words it. */
export function refusal(code: number, name: string, message: string): Answer {
  return (response) => {
    response.writeHead(500, { 'x-clickhouse-exception-code': code });
    response.end(`Code: ${code}. DB::Exception: ${message}. (${name}) (version 26.3.1.896 (official build))\n`);
  };
}

/** The connection breaks off without an answer. */
export function hangUp(response: ServerResponse): void {
  response.destroy();
}
