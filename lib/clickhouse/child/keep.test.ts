import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keepServer } from '#lib/clickhouse/child/keep';
import type { ServerProcess } from '#lib/clickhouse/child/start';

/** Servers that end when told to, and starts that take as long, and end as, is told. */
function given() {
  const ended: number[] = [];
  const started: { readonly end: () => void; readonly pid: number }[] = [];
  const starts: { resolve(): void; reject(error: Error): void }[] = [];
  function server(): ServerProcess {
    const pid = started.length + 1;
    let end = () => {};
    const over = new Promise<string>((resolve) => {
      end = () => {
        ended.push(pid);
        resolve('it was ended by SIGKILL');
      };
    });
    started.push({ pid, end });
    const proof = { path: '/', answer: '' };
    return { pid, port: 1, proof, ended: over, end: async () => end() };
  }
  const told: string[] = [];
  return {
    ended,
    started,
    starts,
    told,
    keep: () =>
      keepServer({
        patience: 50,
        start: () =>
          started.length === 0
            ? Promise.resolve(server())
            : new Promise((resolve, reject) => starts.push({ resolve: () => resolve(server()), reject })),
        connect: ({ pid }) => pid,
        disconnect: async () => {},
        observer: { down: (reason) => told.push(reason), up: ({ pid }) => told.push(`up as ${pid}`) },
      }),
  };
}

test('who asks while it is started again waits for the next, or is told of an outage after a while', async () => {
  const { keep, started, starts, told } = given();
  const kept = await keep();
  expect(await kept.connection()).toBe(1);
  started[0]?.end();
  await expect.poll(() => starts.length).toBe(1);
  await expect(kept.connection()).rejects.toMatchObject({
    code: 'outage',
    message: 'ClickHouse does not run, and is started again: it was ended by SIGKILL',
  });
  const waiting = kept.connection();
  starts[0]?.resolve();
  expect(await waiting).toBe(2);
  expect([kept.restarts(), told]).toEqual([1, ['it was ended by SIGKILL', 'up as 2']]);
  await kept.close();
});

test('a start that fails is tried again, and its reason is told', async () => {
  const { keep, started, starts, told } = given();
  const kept = await keep();
  started[0]?.end();
  await expect.poll(() => starts.length).toBe(1);
  starts[0]?.reject(new Error('the disk is full'));
  await expect.poll(() => starts.length).toBe(2);
  await expect(kept.connection()).rejects.toThrow('the disk is full');
  starts[1]?.resolve();
  expect(await kept.connection()).toBe(2);
  expect(told).toEqual(['it was ended by SIGKILL', 'the disk is full', 'up as 2']);
  await kept.close();
});

test('closed while it is started again, it leaves no server behind and tells nobody that it is up', async () => {
  const { keep, ended, started, starts, told } = given();
  const kept = await keep();
  started[0]?.end();
  await expect.poll(() => starts.length).toBe(1);
  const waiting = expect(kept.connection()).rejects.toMatchObject({ code: 'closed' });
  const closing = kept.close();
  await waiting;
  await sleep(10);
  starts[0]?.resolve();
  await closing;
  expect(ended).toEqual([1, 2]);
  expect(told).toEqual(['it was ended by SIGKILL']);
  await expect(kept.connection()).rejects.toMatchObject({ code: 'closed' });
});
