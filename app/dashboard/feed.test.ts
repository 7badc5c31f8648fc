import { expect, test } from 'vitest';
import type { Snapshot } from '#app/dashboard/api';
import { createFeed } from '#app/dashboard/feed';

const PACE = { least: 5, idle: 20 };

function snapshot(events: number, rate = 0): Snapshot {
  const stats = { events, leads: 0, visitors: 0, dead_letters: 0, open_joins: 0, oldest_join: null, rate };
  return { at: new Date(events).toISOString(), funnel: [], triggers: [], handoffs: [], stats };
}

/** A subject to subscribe to, a count of the reads, and who watches. */
function world(read: (count: number) => Snapshot | Error) {
  const listeners = new Set<() => void>();
  const seen = { reads: 0, listeners };
  const feed = createFeed(
    async () => {
      const result = read(++seen.reads);
      if (result instanceof Error) throw result;
      return result;
    },
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    PACE,
  );
  return { feed, seen, change: () => listeners.forEach((listener) => void listener()) };
}

/** Watches until told so many things. */
function collect(feed: ReturnType<typeof world>['feed'], count: number) {
  const told: (number | string)[] = [];
  return new Promise<{ told: typeof told; stop: () => void }>((resolve) => {
    const note = (what: number | string) => {
      told.push(what);
      if (told.length === count) resolve({ told, stop });
    };
    const stop = feed.watch({ update: ({ stats }) => note(stats.events), problem: note });
  });
}

test('many watchers share one read', async () => {
  const { feed, seen } = world((count) => snapshot(count));
  const all = await Promise.all(Array.from({ length: 20 }, () => collect(feed, 1)));
  expect(all.map(({ told }) => told)).toEqual(Array.from({ length: 20 }, () => [1]));
  expect(seen.reads).toBe(1);
  for (const { stop } of all) stop();
});

test('a burst of changes becomes one more read, and nothing is lost', async () => {
  const { feed, seen, change } = world((count) => snapshot(count));
  const first = await collect(feed, 1);
  const second = collect(feed, 2);
  for (let index = 0; index < 100; index++) change();
  expect((await second).told).toEqual([1, 2]);
  expect(seen.reads).toBe(2);
  (await second).stop();
  first.stop();
});

test('without watchers nothing is subscribed to and nothing is read', async () => {
  const { feed, seen, change } = world((count) => snapshot(count, 1));
  const { stop } = await collect(feed, 1);
  expect(seen.listeners.size).toBe(1);
  stop();
  expect(seen.listeners.size).toBe(0);
  change();
  await new Promise((resolve) => setTimeout(resolve, 3 * PACE.idle));
  expect(seen.reads).toBe(1);
});

test('a problem is told in one line and tried again', async () => {
  const { feed } = world((count) => (count === 1 ? new Error('disk is away') : snapshot(count)));
  const { told, stop } = await collect(feed, 2);
  expect(told).toEqual(['the numbers cannot be read right now: disk is away', 2]);
  stop();
});

test('while events flow it looks again, so that the rate falls when they stop', async () => {
  const { feed, seen } = world((count) => snapshot(count, count < 3 ? 4 : 0));
  const { told, stop } = await collect(feed, 3);
  expect(told).toEqual([1, 2, 3]);
  await new Promise((resolve) => setTimeout(resolve, 3 * PACE.idle));
  expect(seen.reads).toBe(3);
  stop();
});
