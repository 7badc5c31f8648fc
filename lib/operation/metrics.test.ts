import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FlowError, outage } from '#lib/flow/errors';
import type { Committed } from '#lib/flow/task';
import { createHttp } from '#lib/http/http';
import { DEAD, foldTask, givenLog, IN, lostStores, OUT, runTo } from '#lib/operation/given';
import { lagOf } from '#lib/operation/lag';
import { createMetrics, type Metrics } from '#lib/operation/metrics';

/** Metrics by a clock that the test sets. */
function given(): { readonly metrics: Metrics; at(ms: number): void } {
  let now = 0;
  return {
    metrics: createMetrics({ deadLetters: DEAD, now: () => now, lagWithin: 20 }),
    at: (ms) => {
      now = ms;
    },
  };
}

/** The samples of one metric, as they are scraped, without its name. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  return lines.map((line) => line.slice(name.length));
}

const position = (offset: number, partition = 3) => [{ topic: IN, partition, position: { offset, cursor: 0 } }];

const batch: Committed = { records: 5, outputs: 4, byTopic: new Map(), rows: 0, positions: position(5) };

test('throughput counts records, rows, outputs by topic and dead letters, by service and partition', async () => {
  const { metrics } = given();
  const byTopic = new Map([
    [OUT, 3],
    [DEAD, 1],
  ]);
  metrics.observer.opening?.('score+stage+trigger-3');
  for (const rows of [0, 7]) metrics.observer.committed?.('score+stage+trigger-3', { ...batch, byTopic, rows });
  const of = 'service="score+stage+trigger",partition="3"';
  expect(await samples(metrics, 'leadstream_records_total')).toEqual([`{${of}} 10`]);
  expect(await samples(metrics, 'leadstream_rows_total')).toEqual([`{${of}} 7`]);
  expect(await samples(metrics, 'leadstream_outputs_total')).toEqual([
    `{${of},topic="${OUT}"} 6`,
    `{${of},topic="${DEAD}"} 2`,
  ]);
  expect(await samples(metrics, 'leadstream_dead_letters_total')).toEqual([`{${of}} 2`]);
});

test('the service is all of a task name but its last number', async () => {
  const { metrics } = given();
  metrics.observer.opening?.('analyze-dead-letters-11');
  expect(await samples(metrics, 'leadstream_records_total')).toEqual([
    '{service="analyze-dead-letters",partition="11"} 0',
  ]);
});

test('fold time leaves out the waits in between; what an outage broke off is in no batch', async () => {
  const { metrics, at } = given();
  const { observer } = metrics;
  const steps = [
    [0, 'folding'],
    [10, 'reading'],
    [1010, 'folding'],
    [1040, 'committing'],
  ] as const;
  observer.opening?.('echo-0');
  observer.turned?.('echo-0', 'folding');
  at(500_000);
  observer.paused?.('echo-0', outage('the log', new Error('down')), 100);
  observer.opening?.('echo-0');
  for (const [ms, phase] of steps) {
    at(600_000 + ms);
    observer.turned?.('echo-0', phase);
  }
  at(600_000 + 1100);
  observer.committed?.('echo-0', batch);
  const of = '{service="echo",partition="0"}';
  expect(await samples(metrics, 'leadstream_fold_seconds_sum')).toEqual([`${of} 0.04`]);
  expect(await samples(metrics, 'leadstream_commit_seconds_sum')).toEqual([`${of} 0.06`]);
  expect(await samples(metrics, 'leadstream_commit_seconds_count')).toEqual([`${of} 1`]);
});

test('a task that waits for a partition says for which and since when', async () => {
  const { metrics } = given();
  metrics.observer.opening?.('handoff-0');
  metrics.observer.held?.('handoff-0', [{ topic: IN, partition: 3, since: 1_709_251_200_000 }]);
  const held = () => samples(metrics, 'leadstream_held_since_seconds');
  expect(await held()).toEqual([`{service="handoff",topic="${IN}",partition="3"} 1709251200`]);
  metrics.observer.held?.('handoff-0', []);
  expect(await held()).toEqual([]);
});

test('a task is in one state, with how far its restoration is', async () => {
  const { metrics } = given();
  const { observer } = metrics;
  const state = async () => (await samples(metrics, 'leadstream_task_state')).filter((line) => line.endsWith(' 1'));
  const told: string[][] = [];
  observer.opening?.('echo-0');
  told.push(await state());
  observer.restoring?.('echo-0', { done: 10, total: 40 });
  told.push(await state());
  expect(await samples(metrics, 'leadstream_restore_records_')).toEqual([
    'done{service="echo",partition="0"} 10',
    'total{service="echo",partition="0"} 40',
  ]);
  observer.opened?.('echo-0', { positions: position(40), took: 1500 });
  told.push(await state());
  observer.paused?.('echo-0', outage('the log', new Error('down')), 100);
  told.push(await state());
  expect(told.flat().map((line) => /state="(\w+)"/.exec(line)?.[1])).toEqual([
    'opening',
    'restoring',
    'open',
    'paused',
  ]);
  expect(await samples(metrics, 'leadstream_open_seconds_sum')).toEqual(['{service="echo",partition="0"} 1.5']);
});

test('pauses are counted by what went wrong, and fences', async () => {
  const { metrics } = given();
  metrics.observer.paused?.('echo-0', outage('the log', new Error('down')), 100);
  metrics.observer.paused?.('echo-0', new FlowError('store_conflict', 'changed', { retriable: true }), 200);
  metrics.observer.fenced?.('echo-0');
  expect(await samples(metrics, 'leadstream_pauses_total')).toEqual([
    '{service="echo",partition="0",code="outage"} 1',
    '{service="echo",partition="0",code="store_conflict"} 1',
  ]);
  expect(await samples(metrics, 'leadstream_fences_total')).toEqual(['{service="echo",partition="0"} 1']);
});

test('a task that has left shows no position and no state; its counters go on when it comes back', async () => {
  const { metrics } = given();
  const { observer } = metrics;
  for (const end of ['closed', 'fenced'] as const) {
    observer.opening?.('echo-3');
    observer.committed?.('echo-3', batch);
    expect(await samples(metrics, 'leadstream_position')).toEqual([`{service="echo",topic="${IN}",partition="3"} 5`]);
    observer[end]?.('echo-3');
    expect(await samples(metrics, 'leadstream_position')).toEqual([]);
    expect(await samples(metrics, 'leadstream_task_state')).toEqual([]);
  }
  expect(await samples(metrics, 'leadstream_records_total')).toEqual(['{service="echo",partition="3"} 10']);
});

test('the lag of tasks at work is what they have still to read', async () => {
  const { metrics } = given();
  const log = givenLog('a', 'b', 'c');
  const done = foldTask({ log, openStore: lostStores, observer: metrics.observer });
  await runTo(done, 3);
  await log.publish([{ topic: IN, partition: 0, key: 'd', value: { seq: 4, text: 'd' } }]);
  const fresh = foldTask({ log, openStore: lostStores, observer: {} });
  metrics.watchLag(lagOf(() => [done, fresh], log));
  expect(await samples(metrics, 'leadstream_lag_records')).toEqual([`{service="echo",topic="${IN}",partition="0"} 1`]);
});

test('a log that does not answer costs the scrape its lag only, and it is back once it answers', async () => {
  const { metrics } = given();
  const lag = (partition: number) => ({ service: 'echo', topic: IN, partition, lag: 7 });
  const line = (partition: number) => `{service="echo",topic="${IN}",partition="${partition}"} 7`;
  let asked = 0;
  let answer: () => Promise<ReturnType<typeof lag>[]> = () => Promise.reject(new Error('down'));
  metrics.watchLag(async () => [lag(0)]);
  metrics.watchLag(() => {
    asked++;
    return answer();
  });
  expect(await samples(metrics, 'leadstream_lag_records')).toEqual([line(0)]);

  let late: (found: ReturnType<typeof lag>[]) => void = () => {};
  answer = () =>
    new Promise((resolve) => {
      late = resolve;
    });
  expect(await samples(metrics, 'leadstream_lag_records')).toEqual([line(0)]);
  expect(await samples(metrics, 'leadstream_lag_records')).toEqual([line(0)]);
  expect(asked).toBe(2);
  expect(await samples(metrics, 'leadstream_lag_failures_total')).toEqual([' 3']);

  late([lag(1)]);
  answer = async () => [lag(1)];
  await metrics.text();
  expect(await samples(metrics, 'leadstream_lag_records')).toEqual([line(0), line(1)]);
});

test('what collect publishes counts as its outputs once it is in the log, and refusals as dead letters', async () => {
  const { metrics } = given();
  const log = givenLog();
  const counted = metrics.countPublished('collect', log);
  const record = (topic: string) => ({ topic, partition: 0, key: null, value: 1 });
  await counted.publish([record(IN), record(IN), record(DEAD)]);
  expect(await log.end({ topic: IN, partition: 0 })).toBe(2);
  await log.close();
  await expect(counted.publish([record(IN)])).rejects.toThrow('closed');
  expect(await samples(metrics, 'leadstream_outputs_total')).toEqual([
    `{service="collect",topic="${IN}"} 2`,
    `{service="collect",topic="${DEAD}"} 1`,
  ]);
  expect(await samples(metrics, 'leadstream_dead_letters_total')).toEqual(['{service="collect"} 1']);
});

test('requests are counted by the pattern of their route, so that addresses make no new series', async () => {
  const { metrics } = given();
  const http = createHttp();
  metrics.watchHttp(http);
  http.get('/leads/:id', (_request, reply) => reply.send('ok'));
  http.get('/down', () => Promise.reject(outage('the log', new Error('down'))));
  for (const url of ['/leads/1', '/leads/2', '/down', '/guess/1', '/guess/2']) await http.inject(url);
  expect(await samples(metrics, 'leadstream_http_requests_total')).toEqual([
    '{route="/leads/:id",status="200"} 2',
    '{route="/down",status="503"} 1',
    '{route="none",status="404"} 2',
  ]);
  expect(await samples(metrics, 'leadstream_http_seconds_count')).toEqual([
    '{route="/leads/:id"} 2',
    '{route="/down"} 1',
    '{route="none"} 2',
  ]);
});

test('two sets of metrics in one process do not mix; each has those of the process', async () => {
  const [one, other] = [given().metrics, given().metrics];
  one.observer.committed?.('echo-0', batch);
  expect(await samples(other, 'leadstream_records_total')).toEqual([]);
  expect((await samples(other, 'process_resident_memory_bytes')).length).toBe(1);
});

test('README.md lists every figure with its type, and no other', async () => {
  const readme = await readFile('lib/operation/README.md', 'utf8');
  const listed = readme.matchAll(/^\| `(leadstream_\w+)` +\| (\w+)/gm);
  const scraped = (await given().metrics.text()).matchAll(/^# TYPE (leadstream_\w+) (\w+)/gm);
  const names = (found: Iterable<RegExpMatchArray>) => Array.from(found, ([, name, type]) => `${name} ${type}`).sort();
  expect(names(listed)).toEqual(names(scraped));
});
