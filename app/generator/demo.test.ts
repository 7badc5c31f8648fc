import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { runDemo } from '#app/generator/demo';
import type { Clock } from '#lib/flow/ports';

interface Call {
  readonly messageId: string;
  readonly event?: string;
  readonly type: string;
  readonly timestamp: string;
}

/** Time that passes as fast as the demo sleeps. */
function quickClock(): Clock & { readonly passed: () => number } {
  let passed = 0;
  return {
    now: () => 1_800_000_000_000 + passed,
    passed: () => passed,
    sleep: async (ms) => {
      passed += ms;
      await turn();
    },
  };
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers batches with what `answer` says, given the number of the batch. */
async function serve(answer: (batch: readonly Call[], number: number) => number): Promise<string> {
  let number = 0;
  const server = createServer((request, response) => {
    request.toArray().then((chunks) => {
      const body: { readonly batch: readonly Call[] } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(answer(body.batch, number++)).end('{"success":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

test('shows the whole funnel within two minutes, in the present, at 10 to 20 events a second', async () => {
  const clock = quickClock();
  const stop = new AbortController();
  const events: Call[] = [];
  const baseUrl = await serve((batch) => {
    events.push(...batch);
    for (const { timestamp } of batch) {
      expect(Math.abs(clock.now() - Date.parse(timestamp))).toBeLessThan(2_000);
    }
    if (clock.passed() >= 120_000) stop.abort();
    return 200;
  });
  await runDemo({ baseUrl, writeKey: 'k', clock, seed: 1, signal: stop.signal });

  const names = new Set(events.map((call) => call.event ?? call.type));
  for (const name of ['page', 'identify', 'asset_downloaded', 'email_opened', 'handoff_accepted', 'deal_won']) {
    expect(names).toContain(name);
  }
  expect(new Set(events.map((call) => call.messageId)).size).toBe(events.length);
  expect(events.length / 120).toBeGreaterThan(10);
  expect(events.length / 120).toBeLessThan(20);
});

test('sends a batch that was refused again, the same and before any other', async () => {
  const stop = new AbortController();
  const states: string[] = [];
  const batches: string[] = [];
  const baseUrl = await serve((batch, number) => {
    batches.push(batch.map((call) => call.messageId).join());
    if (number === 4) stop.abort();
    return number < 2 ? 503 : 200;
  });
  const onChange = (state: string): void => void states.push(state);
  await runDemo({ baseUrl, writeKey: 'k', clock: quickClock(), seed: 1, signal: stop.signal, onChange });
  expect(batches[1]).toBe(batches[0]);
  expect(batches[2]).toBe(batches[0]);
  expect(batches[3]).not.toBe(batches[0]);
  expect(states).toEqual(['waiting', 'playing']);
});

test('waits for a server that is not there, until it is told to stop', async () => {
  const baseUrl = await serve(() => 200);
  for (const close of closing.splice(0)) close();
  const stop = new AbortController();
  const reasons: string[] = [];
  const clock = quickClock();
  const sleep: Clock['sleep'] = async (ms) => {
    await clock.sleep(ms);
    if (clock.passed() > 100_000) stop.abort();
  };
  await runDemo({
    baseUrl,
    writeKey: 'k',
    clock: { now: clock.now, sleep },
    seed: 1,
    signal: stop.signal,
    onChange: (_state, reason) => void reasons.push(reason),
  });
  expect(reasons).toHaveLength(1);
});
