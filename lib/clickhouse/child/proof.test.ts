import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { expect, onTestFinished, test } from 'vitest';
import type { Proof } from '#lib/clickhouse/child/config';
import { connectProven, newProof } from '#lib/clickhouse/child/proof';
import { ProvenAgent } from '#lib/clickhouse/child/proven-agent';

/** Any program on a port: what each connection has been told, and what the program does then. */
async function foreign(then: (socket: Socket, told: string) => void) {
  const told: string[] = [];
  const server = createServer((socket) => {
    const nth = told.push('') - 1;
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      told[nth] += piece.toString();
      then(socket, told[nth] ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, told };
}

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

function clientOf(port: number, proof: Proof) {
  const client = createClient({
    url: `http://127.0.0.1:${port}`,
    username: 'leadstream',
    password: 'secret',
    log: { level: ClickHouseLogLevel.OFF },
    http_agent: new ProvenAgent(port, proof),
  });
  onTestFinished(() => client.close());
  return client;
}

test.each<[string, (socket: Socket) => void]>([
  ['answers all is well', (socket) => socket.write(answer('Ok.\n'))],
  ['repeats what it is told', (socket) => socket.write(answer('GET / HTTP/1.1'))],
  ['refuses', (socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')],
  ['hangs up', (socket) => socket.destroy()],
  ['talks without end', (socket) => socket.write('x'.repeat(10_000))],
])('a program at the port that %s gets neither rows nor password', async (_what, act) => {
  const proof = newProof();
  const { port, told } = await foreign(act);
  const inserting = clientOf(port, proof).insert({ table: 'facts', values: [{ row: 1 }], format: 'JSONEachRow' });
  // One that says nothing further is given up after a while; here the client is closed before.
  const outcome = await Promise.race([
    inserting.then(
      () => 'written',
      () => 'refused',
    ),
    new Promise((resolve) => setTimeout(resolve, 500, 'waits')),
  ]);
  expect(outcome).not.toBe('written');
  expect(told).toEqual([`GET ${proof.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`]);
});

test('one that answers something else is told at once', async () => {
  const { port } = await foreign((socket) => socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
  await expect(connectProven(port, newProof())).rejects.toThrow('a program that is not our ClickHouse answers there');
});

test('one that says nothing is given up', async () => {
  const { port } = await foreign(() => {});
  await expect(connectProven(port, newProof(), 50)).rejects.toThrow('it did not prove in time that it is ours');
});

test('each new connection proves itself, and then carries requests', async () => {
  const proof = newProof();
  const { port, told } = await foreign((socket, text) => {
    if (text.endsWith(`GET ${proof.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)) socket.write(answer(proof.answer));
    else socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  const client = clientOf(port, proof);
  await client.command({ query: 'CREATE TABLE one (n UInt8) ENGINE = Memory' });
  await client.command({ query: 'CREATE TABLE two (n UInt8) ENGINE = Memory' });
  expect(told.map((text) => text.split('\r\n', 1)[0])).toEqual([
    `GET ${proof.path} HTTP/1.1`,
    `GET ${proof.path} HTTP/1.1`,
  ]);
  expect(told.map((text) => /TABLE (\w+)/.exec(text)?.[1])).toEqual(['one', 'two']);
});
