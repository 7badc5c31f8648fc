import { describe, expect, test } from 'vitest';
import { BUGS, type Bug } from '#test/simulation/bugs';
import { createSeeds, reportOf } from '#test/simulation/seeds';

const MOST_SEEDS = 400;
/** A machine may be busy, ms. */
const PATIENCE = 240_000;

const sound = await createSeeds();

/** The first seed that finds a mistake, and that finds nothing without it. */
async function findingOf(bug: Bug): Promise<string | undefined> {
  const broken = await createSeeds(bug);
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const outcome = await broken(seed);
    if (outcome.problems.length > 0 && (await sound(seed)).problems.length === 0) return reportOf(outcome, bug);
  }
  return undefined;
}

describe(`within ${MOST_SEEDS} seeds it is found, and told with how to replay it, that`, () => {
  test.each(BUGS)(
    '%s',
    async (bug) => {
      expect(await findingOf(bug)).toMatch(new RegExp(`npm run simulate -- --seed \\d+ .*--bug '${bug}'`));
    },
    PATIENCE,
  );
});
