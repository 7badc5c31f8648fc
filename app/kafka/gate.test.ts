import { expect, test } from 'vitest';
import { createGate } from '#app/kafka/gate';
import type { Task } from '#lib/flow/task';

/** A task that notes when it runs, until it is stopped. */
function noting(notes: string[]): Task {
  return {
    name: 'score-0',
    positions: () => undefined,
    table: () => undefined,
    run: (signal) =>
      new Promise((resolve) => {
        notes.push('runs');
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a task that is held back runs when the gate opens, and one that comes later at once', async () => {
  const notes: string[] = [];
  const gate = createGate();
  const stop = new AbortController();
  const first = gate.hold(noting(notes));
  expect([first.name, first.positions(), first.table()]).toEqual(['score-0', undefined, undefined]);
  const running = [first.run(stop.signal)];
  await turn();
  expect(notes).toEqual([]);
  gate.open();
  await turn();
  expect(notes).toEqual(['runs']);
  running.push(gate.hold(noting(notes)).run(stop.signal));
  await turn();
  expect(notes).toEqual(['runs', 'runs']);
  stop.abort();
  await Promise.all(running);
});

test('a task that is stopped before the gate opens never runs', async () => {
  const notes: string[] = [];
  const gate = createGate();
  const stop = new AbortController();
  const running = gate.hold(noting(notes)).run(stop.signal);
  stop.abort();
  await running;
  gate.open();
  await turn();
  expect(notes).toEqual([]);
});
