import { expect, test } from 'vitest';
import { outage } from '#lib/flow/errors';
import type { Committed } from '#lib/flow/task';
import { createLogObserver } from '#lib/operation/log-lines';
import { createLogger, type LoggerOptions } from '#lib/operation/logger';
import { observers } from '#lib/operation/observers';

/** What is written, line by line, by a clock that the test sets. */
function given(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  let now = 0;
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) }, ...options });
  return {
    observer: createLogObserver(logger, { now: () => now }),
    lines,
    at: (ms: number) => {
      now = ms;
    },
    written: () =>
      lines.map((line) => {
        const { time, ...rest } = JSON.parse(line);
        expect(new Date(time).toISOString()).toBe(time);
        return rest;
      }),
  };
}

const position = (offset: number, partition = 0) => ({ topic: 'in', partition, position: { offset, cursor: 0 } });

const batch: Committed = { records: 2, outputs: 1, byTopic: new Map(), rows: 0, positions: [position(9)] };

test('every line of a task names its service, partition and the offset it is at', () => {
  const { observer, written } = given();
  const score = { service: 'score', partition: 3 };
  observer.opening?.('score-3');
  observer.opened?.('score-3', { positions: [position(7)], took: 12 });
  observer.committed?.('score-3', batch);
  observer.paused?.('score-3', outage('the log', new Error('no\nbroker')), 100);
  observer.closed?.('score-3');
  expect(written()).toEqual([
    { level: 'info', ...score, offset: 7, took_ms: 12, msg: 'opened' },
    {
      level: 'warn',
      ...score,
      offset: 9,
      code: 'outage',
      why: 'the log: no broker',
      retry_in_ms: 100,
      msg: 'paused: nothing is lost, it tries again',
    },
    { level: 'info', ...score, offset: 9, msg: 'closed' },
  ]);
});

test('one that waits for a partition says so in one line, and in another that it goes on', () => {
  const { observer, written } = given();
  observer.held?.('handoff-0', [{ topic: 'in', partition: 3, since: Date.UTC(2024, 2, 1) }]);
  observer.held?.('handoff-0', []);
  const handoff = { service: 'handoff', partition: 0 };
  const why = 'in/3, which shows nothing more; is the service that writes it running?';
  expect(written()).toEqual([
    { level: 'warn', ...handoff, msg: `held: waits since 2024-03-01T00:00:00.000Z for ${why}` },
    { level: 'info', ...handoff, msg: 'held no more: it goes on' },
  ]);
});

test('a task with several inputs names the offset in each', () => {
  const { observer, written } = given();
  observer.opened?.('handoff-0', { positions: [position(7), position(8, 1)], took: 0 });
  expect(written()[0]).toMatchObject({ service: 'handoff', partition: 0, offsets: { 'in/0': 7, 'in/1': 8 } });
});

test('a restoration is told at once and then every five seconds, with its speed and the time that is left', () => {
  const { observer, written, at } = given();
  for (const seconds of [0, 1, 4, 5, 6, 9, 10]) {
    at(seconds * 1000);
    observer.restoring?.('score-0', { done: seconds * 100, total: 2000 });
  }
  expect(written()).toEqual([
    { level: 'info', service: 'score', partition: 0, done: 0, total: 2000, msg: 'restoring the store from the log' },
    ...[
      { done: 500, eta_s: 15 },
      { done: 1000, eta_s: 10 },
    ].map((progress) => ({
      level: 'info',
      service: 'score',
      partition: 0,
      total: 2000,
      records_per_s: 100,
      ...progress,
      msg: 'restoring',
    })),
  ]);
});

test('a restoration that stands still has no time left to tell', () => {
  const { observer, written, at } = given();
  for (const ms of [0, 6000]) {
    at(ms);
    observer.restoring?.('score-0', { done: 0, total: 2000 });
  }
  expect(written()[1]).toMatchObject({ done: 0, records_per_s: 0 });
  expect(written()[1]).not.toHaveProperty('eta_s');
});

test('being fenced is a warning, a failure an error with its stack', () => {
  const { observer, written } = given();
  observer.fenced?.('score-0');
  observer.failed?.('score-0', new Error('its position is gone'));
  expect(written()).toMatchObject([
    { level: 'warn', service: 'score', msg: 'fenced: another instance has taken the task over' },
    { level: 'error', why: 'its position is gone', err: { stack: expect.stringContaining('log-lines.test.ts') } },
  ]);
});

test('commits are told at level debug only', () => {
  const { observer, written } = given({ level: 'debug' });
  observer.opening?.('score-0');
  observer.committed?.('score-0', batch);
  expect(written().map(({ level, msg }) => [level, msg])).toEqual([
    ['debug', 'opening'],
    ['debug', 'committed'],
  ]);
});

test('for a person, a line is plain', () => {
  const { observer, lines } = given({ pretty: true });
  observer.opened?.('score-3', { positions: [position(7)], took: 12 });
  observer.failed?.('score-3', new Error('its position is gone'));
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}score-3 opened offset=7 took_ms=12\n$/);
  expect(lines[1]).toMatch(/^\S+ ERROR score-3 failed: .* code=unknown why="its position is gone"\n {4}Error: its /);
});

test('several observers are told all, each in its turn', () => {
  const told: string[] = [];
  const all = observers(
    { opening: (task) => told.push(`first ${task}`), closed: () => told.push('first closed') },
    {},
    { opening: (task) => told.push(`second ${task}`), paused: (_task, error, ms) => told.push(`${error} ${ms}`) },
  );
  all.opening?.('score-0');
  all.paused?.('score-0', 'down', 100);
  all.closed?.('score-0');
  all.committed?.('score-0', batch);
  expect(told).toEqual(['first score-0', 'second score-0', 'down 100', 'first closed']);
});
