import { expect, test } from 'vitest';
import { pairedBy } from '#test/given/arrivals';
import { lived } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { DAY, reportsOf, townOf } from '#test/oracle/given';
import { identityOf } from '#test/oracle/identity';
import { pointsOf, scoreAt } from '#test/oracle/scores';

/** Days before and after the last report: while it happens, just after, when absences are over, and when points expire. */
const LOOKS = [-40, -20, -3, 0, 1, 6.5, 8, 45, 341, 380, 401, 430];

/** Given the same reports, when all have come in, then each lead's score at any time is the oracle's to 1e-9. */
test.each([11, 12, 13, 14])('scores at several times, seed %i', async (seed) => {
  const town = await townOf({ seed });
  const { events, reported, end } = town;
  const { rules } = shippedForOracle();

  const outcome = outcomeOf(lived(events, end, { folds: 1 }));

  const { owners } = identityOf(reported);
  let counted = 0;
  for (const [lead, id] of pairedBy(owners, outcome.owners)) {
    const points = pointsOf(reportsOf(lead, town, owners), rules);
    for (const look of LOOKS) {
      const at = end + Math.round(look * DAY);
      expect([lead, look, outcome.scoreAt(id, at)]).toEqual([lead, look, expect.closeTo(scoreAt(points, at), 8)]);
    }
    if (points.length > 0) counted += 1;
  }
  expect(counted).toBeGreaterThan(10);
});
