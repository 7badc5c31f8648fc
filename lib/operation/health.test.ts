import { expect, test } from 'vitest';
import { outage } from '#lib/flow/errors';
import { createHttp } from '#lib/http/http';
import { addOperationRoutes } from '#lib/operation/health';
import { createMetrics } from '#lib/operation/metrics';
import { createReadiness } from '#lib/operation/readiness';

function given() {
  const readiness = createReadiness();
  const http = createHttp();
  addOperationRoutes(http, { readiness, metrics: createMetrics({ deadLetters: 'dead' }) });
  const ask = async (url: string) => {
    const answer = await http.inject(url);
    return { status: answer.statusCode, body: answer.json() };
  };
  return { http, readiness, observer: readiness.observer, ask };
}

const open = { positions: [], took: 1 };

test('a process whose tasks are all open is ready; so is one that stands by without any', async () => {
  const { observer, ask } = given();
  expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready', tasks: 0 } });
  for (const task of ['score-0', 'score-1']) {
    observer.opening?.(task);
    observer.opened?.(task, open);
  }
  expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready', tasks: 2 } });
});

test('what opens, restores or is paused is not ready, and says how far it is and why', async () => {
  const { observer, ask } = given();
  for (const task of ['a-0', 'b-0', 'c-0', 'd-0']) observer.opening?.(task);
  observer.restoring?.('b-0', { done: 10, total: 40 });
  observer.paused?.('c-0', outage('the log', new Error('no\nbroker')), 200);
  observer.opened?.('d-0', open);
  expect(await ask('/readyz')).toEqual({
    status: 503,
    body: {
      success: false,
      reason: 'not_ready',
      detail:
        'a-0 is opening; b-0 is restoring: 10 of 40 records; c-0 is paused, tries again after 200 ms: the log: no broker',
      waitingFor: [],
      tasks: [
        { task: 'a-0', service: 'a', partition: 0, state: 'opening' },
        { task: 'b-0', service: 'b', partition: 0, state: 'restoring', restored: { done: 10, total: 40 } },
        { task: 'c-0', service: 'c', partition: 0, state: 'paused', error: 'the log: no broker', retryInMs: 200 },
      ],
    },
  });
  expect((await ask('/healthz')).status).toBe(200);
});

test('a task that is held up by a partition is ready, and says by which and since when until it goes on', async () => {
  const { observer, ask } = given();
  observer.opening?.('handoff-0');
  observer.opened?.('handoff-0', open);
  observer.held?.('handoff-0', [{ topic: 'in', partition: 3, since: Date.UTC(2024, 2, 1) }]);
  const held = [
    'handoff-0 waits since 2024-03-01T00:00:00.000Z for in/3, which shows nothing more; is the service that writes it running?',
  ];
  expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready', tasks: 1, held } });
  observer.held?.('handoff-0', []);
  expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready', tasks: 1 } });
});

test('a task that was stopped or taken over by another instance keeps nobody waiting', async () => {
  const { observer, ask } = given();
  for (const task of ['a-0', 'b-0']) observer.opening?.(task);
  observer.closed?.('a-0');
  observer.fenced?.('b-0');
  expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready', tasks: 0 } });
  expect((await ask('/healthz')).status).toBe(200);
});

test('until what it waits for is there, a process without tasks is not ready', async () => {
  const { readiness, ask } = given();
  const joined = readiness.until('its share of group score');
  expect(await ask('/readyz')).toMatchObject({
    status: 503,
    body: { detail: 'waits for its share of group score', waitingFor: ['its share of group score'], tasks: [] },
  });
  joined();
  expect((await ask('/readyz')).status).toBe(200);
});

test('a task that has failed for good makes the process unhealthy, with the reason, until it is open again', async () => {
  const { observer, ask } = given();
  expect(await ask('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  observer.opening?.('score-3');
  observer.failed?.('score-3', new Error('its position is gone'));
  expect(await ask('/healthz')).toEqual({
    status: 503,
    body: { success: false, reason: 'failed', detail: 'score-3 has failed: its position is gone' },
  });
  expect((await ask('/readyz')).status).toBe(503);
  observer.opening?.('score-3');
  observer.opened?.('score-3', open);
  expect((await ask('/healthz')).status).toBe(200);
  expect((await ask('/readyz')).status).toBe(200);
});

test('metrics come in the format that Prometheus reads', async () => {
  const answer = await given().http.inject('/metrics');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect(answer.body).toContain('# TYPE leadstream_commit_seconds histogram');
});
