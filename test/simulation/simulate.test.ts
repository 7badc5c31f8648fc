import { expect, test } from 'vitest';
import { createSeeds, reportOf } from '#test/simulation/seeds';
import { noStats } from '#test/simulation/world';

const SEEDS = 250;
/** A machine may be busy, ms. */
const PATIENCE = 240_000;

const live = await createSeeds();

test(
  `${SEEDS} seeds of crashes, zombies, lost replies and rebalances change no record, no row and no state`,
  async () => {
    const total = noStats();
    const failed: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = await live(seed);
      if (outcome.problems.length > 0) failed.push(reportOf(outcome));
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += outcome.stats[name];
    }
    expect(failed).toEqual([]);
    for (const [name, count] of Object.entries(total)) expect(count, name).toBeGreaterThan(SEEDS / 4);
  },
  PATIENCE,
);

test.each([3, 5])('seed %i has one history, whenever it is lived through', async (seed) => {
  const [first, second]: string[][] = [[], []];
  const before = await live(seed, (line) => first?.push(line));
  await live(seed + 1);
  const after = await live(seed, (line) => second?.push(line));

  expect(second).toEqual(first);
  expect(after.hash).toBe(before.hash);
  expect(after.events).toBe(before.events);
  expect((await live(seed + 1)).hash).not.toBe(before.hash);
});
