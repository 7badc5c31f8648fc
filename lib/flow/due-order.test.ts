import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import type { Fold } from '#lib/flow/fold';
import { foldTopology } from '#lib/flow/topology';

/** A tick (lead null), or what a fold says of a lead. Times in ms. */
interface Said {
  readonly lead: string | null;
  readonly seq: number;
  readonly at: number;
  readonly dueAt: number | null;
  readonly says: string;
}

/** Passes everything on, and says its name for each lead `after` ms after that was first met. */
function alarm(name: string, after: number): Fold<{ readonly wakeAt?: number }, Said, Said, null> {
  return {
    name,
    describe: ({ lead, seq, at, dueAt }) => ({ key: lead, seq, loggedAt: at, dueAt }),
    keyOf: ({ lead }) => lead,
    initialShared: null,
    broadcast: (shared, record) => ({ shared, pass: record }),
    step: (state, record, { loggedAt }) => {
      const waiting = state ?? { wakeAt: loggedAt + after };
      return { state: waiting, emit: [record], wakeAt: waiting.wakeAt };
    },
    wake: (_state, due, { key, seq, loggedAt }) => ({
      state: {},
      emit: [{ lead: key, seq, at: loggedAt, dueAt: due, says: `${name} of ${due} at ${loggedAt}` }],
    }),
  };
}

function lastTopic(records: readonly Said[]): readonly string[] {
  const first = foldTopology({ service: 'first', input: 'in', output: 'between', fold: alarm('first', 10) });
  const second = foldTopology({ service: 'second', input: 'between', output: 'out', fold: alarm('second', 20) });
  const running = drive([first, second], () => 1);
  for (const record of records) running.publish('in', record, record.at);
  return running.records('out').map(({ value }) => (value as Said).says);
}

const met = (lead: string, at: number): Said => ({ lead, seq: at, at, dueAt: null, says: `${lead} comes` });
const tick = (at: number): Said => ({ lead: null, seq: at, at, dueAt: null, says: 'tick' });

test('wake-ups of neighbouring folds come in the order in which they were due, though one record brings the time for all', () => {
  expect(lastTopic([met('ann', 0), met('bob', 5), tick(100)])).toEqual([
    'ann comes',
    'bob comes',
    'first of 10 at 100',
    'first of 15 at 100',
    'second of 20 at 100',
    'second of 25 at 100',
    'tick',
  ]);
});

test('each knows the time of the record that brought it, which tells how late it is', () => {
  expect(lastTopic([met('ann', 0), tick(12), tick(100)])).toEqual([
    'ann comes',
    'first of 10 at 12',
    'tick',
    'second of 20 at 100',
    'tick',
  ]);
});
