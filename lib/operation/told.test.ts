import { expect, test } from 'vitest';
import { FlowError } from '#lib/flow/errors';
import { Undecodable } from '#lib/flow/log';
import type { TaskObserver } from '#lib/flow/task';
import { DEAD, deciderTask, foldTask, givenLog, IN, lostStores, OUT, runTo, say, sinkTask } from '#lib/operation/given';
import { type Fault, faultyLog } from '#test/given/faults';

type Told = readonly [hook: string, ...rest: unknown[]];

/** Notes all it is told but the name of the task, which must be `name`, and how long opening took. */
function listener(name: string): { readonly told: Told[]; readonly observer: TaskObserver } {
  const told: Told[] = [];
  const note = (task: string, ...what: Told) => {
    expect(task).toBe(name);
    told.push(what);
  };
  return {
    told,
    observer: {
      opening: (task) => note(task, 'opening'),
      restoring: (task, { done, total }) => note(task, 'restoring', done, total),
      opened: (task, { positions, took }) => {
        expect(took).toBeGreaterThanOrEqual(0);
        note(task, 'opened', ...positions.map(({ position }) => position.offset));
      },
      turned: (task, to) => note(task, to),
      committed: (task, { records, outputs, byTopic, rows, positions }) =>
        note(task, 'committed', { records, outputs, rows, ...Object.fromEntries(byTopic) }, positions),
      paused: (task, error, retryInMs) => note(task, 'paused', error instanceof FlowError && error.code, retryInMs),
      closed: (task) => note(task, 'closed'),
      fenced: (task) => note(task, 'fenced'),
      failed: (task, error) => note(task, 'failed', error instanceof FlowError && error.code),
    },
  };
}

const at = (offset: number) => [{ topic: IN, partition: 0, position: { offset, cursor: 0 } }];

/** Without what a task turns to in between. */
const events = (told: readonly Told[]) =>
  told.filter(([hook]) => !['reading', 'folding', 'committing'].includes(hook)).map((one) => one.slice(0, 3));

test('a fold tells how it opens, what it turns to, and what each commit held', async () => {
  const { told, observer } = listener('echo-0');
  await runTo(foldTask({ log: givenLog('a', 'b', 'c'), openStore: lostStores, observer }), 3);
  expect(told.slice(0, 7)).toEqual([
    ['opening'],
    ['opened', 0],
    ['folding'],
    ['reading'],
    ['folding'],
    ['committing'],
    ['committed', { records: 2, outputs: 2, rows: 0, [OUT]: 2 }, at(2)],
  ]);
  expect(told.filter(([hook]) => hook === 'committed').map(([, , positions]) => positions)).toEqual([at(2), at(3)]);
  expect(told.at(-1)).toEqual(['closed']);
});

test('a fold whose store was lost tells how far it is in restoring it, from nothing to all', async () => {
  const log = givenLog('a', 'b', 'c');
  await runTo(foldTask({ log, openStore: lostStores, observer: {} }), 3);
  const { told, observer } = listener('echo-0');
  await runTo(foldTask({ log, openStore: lostStores, observer }), 3);
  expect(events(told)).toEqual([
    ['opening'],
    ['restoring', 0, 3],
    ['restoring', 2, 3],
    ['restoring', 3, 3],
    ['opened', 3],
    ['closed'],
  ]);
});

test('a fold that writes rows tells how many', async () => {
  const rows: unknown[] = [];
  const { told, observer } = listener('rows-0');
  const given = { log: givenLog('a', 'b'), openStore: lostStores, observer };
  await runTo(
    sinkTask(given, (written) => rows.push(...written)),
    2,
  );
  expect(rows).toHaveLength(2);
  expect(told).toContainEqual(['committed', { records: 2, outputs: 0, rows: 2 }, at(2)]);
});

test('a decider tells the same, with what it wrote to each topic', async () => {
  const log = givenLog('a', 'b');
  await log.publish([{ topic: IN, partition: 0, key: null, value: new Undecodable(new Uint8Array(), 'no schema') }]);
  const first = listener('counter-0');
  await runTo(deciderTask({ log, openStore: lostStores, observer: first.observer }), 3);
  expect(first.told).toEqual([
    ['opening'],
    ['opened', 0],
    ['reading'],
    ['folding'],
    ['committing'],
    ['committed', { records: 3, outputs: 3, rows: 0, [OUT]: 2, [DEAD]: 1 }, at(3)],
    ['reading'],
    ['closed'],
  ]);

  const second = listener('counter-0');
  await runTo(deciderTask({ log, openStore: lostStores, observer: second.observer }), 3);
  expect(events(second.told)).toEqual([
    ['opening'],
    ['restoring', 0, 2],
    ['restoring', 2, 2],
    ['opened', 3],
    ['closed'],
  ]);
});

test('an outage is told with its pause, and that the task opens again', async () => {
  const faults: Fault[] = ['none', 'before'];
  const log = faultyLog(givenLog('a'), () => faults.shift() ?? 'none');
  const { told, observer } = listener('echo-0');
  await runTo(foldTask({ log, openStore: lostStores, observer }), 1);
  expect(events(told).map(([hook, what]) => [hook, hook === 'paused' ? what : undefined])).toEqual([
    ['opening', undefined],
    ['opened', undefined],
    ['paused', 'outage'],
    ['opening', undefined],
    ['opened', undefined],
    ['committed', undefined],
    ['closed', undefined],
  ]);
});

test('a task that another instance has taken over tells that, and nothing after it', async () => {
  const log = givenLog('a');
  const { told, observer } = listener('echo-0');
  const running = foldTask({ log, openStore: lostStores, observer }).run(new AbortController().signal);
  const ended = expect(running).rejects.toMatchObject({ code: 'fenced' });
  await log.open('echo-0');
  await say(log, 'b');
  await ended;
  expect(told.at(-1)).toEqual(['fenced']);
  expect(told.filter(([hook]) => ['closed', 'failed'].includes(hook))).toEqual([]);
});

test('a task that cannot go on tells why', async () => {
  const log = givenLog('a');
  await log.publish([{ topic: OUT, partition: 0, key: null, value: { seq: 1, text: 'a' } }]);
  for (const [name, create] of [
    ['echo-0', foldTask],
    ['counter-0', deciderTask],
  ] as const) {
    const { told, observer } = listener(name);
    await expect(create({ log, openStore: lostStores, observer }).run(new AbortController().signal)).rejects.toThrow();
    expect(told).toEqual([['opening'], ['failed', 'position_lost']]);
  }
});
