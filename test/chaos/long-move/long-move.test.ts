import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTopic } from '#app/verify/topic';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { type Death, openLog, storesIn } from '#test/chaos/long-move/work';
import { ended, startChild } from '#test/contracts/child';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { inSeq } from '#test/given/batch/in-seq';
import { keyOf } from '#test/given/batch/named';
import { batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { eventsOf } from '#test/given/batch/scores';
import { DAY, event, T0, type Told } from '#test/given/event';
import { submitted } from '#test/given/identify';

const WORK = `await import('${new URL('child.ts', import.meta.url).href}');`;

const VISITS = 600;
const MAILS = 500;

/** Every step of a commit: of the one that asks what was decided, of the answer, of the first pieces after a start and of later ones. */
const DEATHS: readonly (Death & { readonly loses?: 'its store' })[] = [
  { of: 'identify', step: 'before the log', commit: 1 },
  { of: 'identify', step: 'before the store', commit: 1 },
  { of: 'answering', step: 'before the log', commit: 1 },
  { of: 'answering', step: 'before the store', commit: 1, loses: 'its store' },
  { of: 'identify', step: 'before the log', commit: 1 },
  { of: 'identify', step: 'before the store', commit: 1 },
  { of: 'identify', step: 'after the store', commit: 1 },
  { of: 'identify', step: 'before the log', commit: 2, loses: 'its store' },
  { of: 'identify', step: 'before the store', commit: 1, loses: 'its store' },
  { of: 'identify', step: 'before the store', commit: 2 },
  { of: 'identify', step: 'after the store', commit: 2 },
];

let folder: TestFolder;

beforeEach(() => {
  folder = testFolder();
});

afterEach(() => folder.remove());

/** A process that settles all that is there; how it ended. */
function settle(death: Death | null): Promise<string | number | null> {
  return ended(startChild(WORK, JSON.stringify({ dir: folder.dir, death })));
}

async function publish(events: readonly EventMessage[]): Promise<void> {
  const log = await openLog(folder.dir);
  await log.publish(events.map((value) => ({ topic: TOPICS.events, partition: 0, key: null, value })));
  await log.close();
}

/** lead.activity in the order of seq, each record for all once. */
async function activities(): Promise<readonly ActivityMessage[]> {
  const log = await openLog(folder.dir);
  const all: ActivityMessage[] = [];
  for (const partition of [0, 1]) {
    const records = readTopic<ActivityMessage>(
      log,
      { topic: TOPICS.activity, partition },
      new AbortController().signal,
    );
    for await (const { value } of records) all.push(value);
  }
  await log.close();
  return inSeq(all);
}

/** How often each activity moved. */
function movesOf(log: readonly ActivityMessage[]): ReadonlyMap<string, number> {
  const moves = new Map<string, number>();
  for (const { type, value } of log) {
    if (type === 'MovedOut') moves.set(keyOf(value), (moves.get(keyOf(value)) ?? 0) + 1);
  }
  return moves;
}

test('killed while a join is asked for and answered, and between the pieces of its long move, it moves each activity once', async () => {
  const at = (n: number) => T0 + n * 60_000;
  const events = (count: number, told: Told, id: string) =>
    Array.from({ length: count }, (_, n) =>
      event({ ...told, event_id: `${id}${n}`, occurred_at: at(n), received_at: T0 + DAY / 2 }),
    );
  const before = [
    event({ user: 'ann', event_id: 'first', occurred_at: at(-1) }),
    ...events(VISITS, { device: 'd' }, 'visit'),
    ...events(MAILS, { email: 'ann@x.org' }, 'mail'),
  ];
  const after = [
    event({ user: 'ann', email: 'ann@x.org', device: 'd', event_id: 'joins', occurred_at: at(VISITS) }),
    event({ device: 'd', event_id: 'next', occurred_at: at(VISITS + 1) }),
  ];
  await publish([submitted(), ...before]);
  expect(await settle(null)).toBe(0);
  await publish(after);

  const moved: number[] = [];
  for (const { loses, ...death } of DEATHS) {
    if (loses !== undefined) rmSync(storesIn(folder.dir), { recursive: true });
    expect(await settle(death)).toBe('SIGKILL');
    moved.push(movesOf(await activities()).size);
  }
  expect(moved).toEqual([0, 0, 0, 0, 0, 100, 200, 300, 400, 600, 800]);
  expect(await settle(null)).toBe(0);

  const log = await activities();
  const { owners, faults } = replay(log);
  expect(faults).toEqual([]);
  expect(owners).toEqual(batchOwners(eventsOf([...before, ...after])));
  expect([...movesOf(log).values()]).toEqual(Array(VISITS + MAILS).fill(1));
  const count = (wanted: ActivityMessage['type']) => log.filter(({ type }) => type === wanted).length;
  // a visitor has nothing to pass on
  expect(count('Merged')).toBe(2);
  const joins = { opened: count('JoinOpened'), answered: count('JoinAnswered'), closed: count('JoinClosed') };
  expect(joins).toEqual({ opened: 2, answered: 1, closed: 1 });
}, 240_000);
