import { expect, test } from 'vitest';
import { arrivalsOf, pairedBy, reportedIn } from '#test/given/arrivals';
import { type Disturbance, disturbed } from '#test/given/disturbed';
import { collected, lived } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { identityOf } from '#test/oracle/identity';
import { nameOf } from '#test/oracle/reported';
import { pointsOf, scoreAt } from '#test/oracle/scores';

const DAY = 86_400_000;
const ALL: readonly Disturbance[] = [
  'shared_device',
  'misattributed',
  'bots',
  'consent',
  'wrong_clock',
  'late',
  'repeated',
];
/** Days before and after the last report: while it happens, just after, when absences are over, and when points expire. */
const LOOKS = [-40, -20, -3, 0, 1, 6.5, 8, 45, 341, 380, 401, 430];

/** Given the same reports, when all have come in, then each lead's score at any time is the oracle's to 1e-9. */
test.each([11, 12, 13, 14])('scores at several times, seed %i', async (seed) => {
  const lines = disturbed({ leads: 40, days: 60, seed }, ALL);
  const events = await collected(lines);
  const arrivals = arrivalsOf(lines);
  const end = arrivals.at(-1)?.arrived ?? 0;
  const { rules } = shippedForOracle();

  const outcome = outcomeOf(lived(events, end));

  const reported = [...new Map(reportedIn(arrivals).map((event) => [nameOf(event), event])).values()];
  const { owners } = identityOf(reported);
  let counted = 0;
  for (const [lead, id] of pairedBy(owners, outcome.owners)) {
    const points = pointsOf(
      reported.filter((event) => owners.get(nameOf(event)) === lead),
      rules,
    );
    for (const look of LOOKS) {
      const at = end + Math.round(look * DAY);
      expect([lead, look, outcome.scoreAt(id, at)]).toEqual([lead, look, expect.closeTo(scoreAt(points, at), 8)]);
    }
    if (points.length > 0) counted += 1;
  }
  expect(counted).toBeGreaterThan(10);
});
