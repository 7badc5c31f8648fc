import { expect, test } from 'vitest';
import { arrivalsOf, pairedBy, reportedIn } from '#test/given/arrivals';
import { type Disturbance, disturbed } from '#test/given/disturbed';
import { collected, lived } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { identityOf } from '#test/oracle/identity';

const ALL: readonly Disturbance[] = [
  'shared_device',
  'misattributed',
  'bots',
  'consent',
  'wrong_clock',
  'late',
  'repeated',
];

/** Given reports of a town in which all goes wrong, when they have come in live, then each event is whose the oracle says. */
test.each([1, 2, 3, 4, 5, 6])('who is who, seed %i', async (seed) => {
  const lines = disturbed({ leads: 40, days: 60, seed }, ALL);
  const events = await collected(lines);
  const arrivals = arrivalsOf(lines);

  const outcome = outcomeOf(lived(events, arrivals.at(-1)?.arrived ?? 0));

  const { owners } = identityOf(reportedIn(arrivals));
  expect([...outcome.owners.keys()].sort()).toEqual([...owners.keys()].sort());
  expect(pairedBy(owners, outcome.owners).size).toBeGreaterThan(20);
});
