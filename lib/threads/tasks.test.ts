import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowError } from '#lib/flow/errors';
import type { InputPosition } from '#lib/flow/position';
import type { Task, TaskObserver } from '#lib/flow/task';
import { type AwayTasks, awayTasks } from '#lib/threads/away-tasks';
import { hostTasks } from '#lib/threads/host-tasks';
import { reporting } from '#lib/threads/tasks-wire';

const POSITIONS: readonly InputPosition[] = [
  { topic: 'lead.activity', partition: 1, position: { offset: 7, cursor: 2 } },
];
const FULL = new FlowError('full', 'the disk is full', { retriable: true });

/** Until it is stopped; then it ends as it is told. */
function task(name: string, observer: TaskObserver, end: () => void): Task {
  return {
    name,
    table: () => undefined,
    positions: () => POSITIONS,
    async run(signal) {
      observer.opening?.(name);
      observer.paused?.(name, FULL, 100);
      observer.opened?.(name, { positions: POSITIONS, took: 3 });
      const byTopic = new Map([['lead.scores', 4]]);
      observer.committed?.(name, { records: 5, outputs: 4, byTopic, rows: 0, positions: POSITIONS });
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      end();
      observer.closed?.(name);
    },
  };
}

describe('tasks in another thread', () => {
  let channel: MessageChannel;
  let away: AwayTasks;
  let told: unknown[][];
  let committed: Promise<void>;
  beforeEach(() => {
    channel = new MessageChannel();
    told = [];
    let isCommitted = () => {};
    committed = new Promise((resolve) => {
      isCommitted = resolve;
    });
    const observer: TaskObserver = {
      opening: (...args) => void told.push(['opening', ...args]),
      paused: (...args) => void told.push(['paused', ...args]),
      opened: (name, { positions, took }) => void told.push(['opened', name, positions, took]),
      committed(...args) {
        told.push(['committed', ...args]);
        isCommitted();
      },
      closed: (...args) => void told.push(['closed', ...args]),
    };
    away = awayTasks(channel.port1, observer);
    const there = reporting((report) => channel.port2.postMessage(report));
    hostTasks(channel.port2, [
      task('score-1', there, () => {}),
      task('score-2', there, () => {
        throw new FlowError('fenced', 'task score-2 was taken over by another instance', { retriable: false });
      }),
    ]);
  });
  afterEach(() => channel.port1.close());

  it('run until they are stopped, tell their observer here, and are as far as they say', async () => {
    const stop = new AbortController();
    const one = away.task('score-1');
    expect(one.positions()).toBeUndefined();
    const ended = one.run(stop.signal);
    await committed;
    expect(one.positions()).toEqual(POSITIONS);
    expect(one.table()).toBeUndefined();
    stop.abort();
    await ended;

    expect(told).toEqual([
      ['opening', 'score-1'],
      ['paused', 'score-1', expect.objectContaining({ code: 'full', retriable: true, message: FULL.message }), 100],
      ['opened', 'score-1', POSITIONS, 3],
      [
        'committed',
        'score-1',
        { records: 5, outputs: 4, byTopic: new Map([['lead.scores', 4]]), rows: 0, positions: POSITIONS },
      ],
      ['closed', 'score-1'],
    ]);
  });

  it('reject here with what they reject with there', async () => {
    const stop = new AbortController();
    const ended = away.task('score-2').run(stop.signal);
    await committed;
    stop.abort();

    await expect(ended).rejects.toMatchObject({ name: 'FlowError', code: 'fenced', retriable: false });
  });

  it('reject when their thread is gone, and so do those that begin after it', async () => {
    const forever = new AbortController().signal;
    const ended = away.task('score-1').run(forever);
    away.lost(new Error('a thread of the pipeline has ended'));

    await expect(ended).rejects.toThrow('a thread of the pipeline has ended');
    await expect(away.task('score-2').run(forever)).rejects.toThrow('a thread of the pipeline has ended');
  });
});
