import { expect, test } from 'vitest';
import { pairedBy } from '#test/given/arrivals';
import { lived } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { townOf } from '#test/oracle/given';
import { identityOf } from '#test/oracle/identity';

/** Given reports of a town in which all goes wrong, when they have come in live, then each event is whose the oracle says. */
test.each([1, 2, 3, 4, 5, 6])('who is who, seed %i', async (seed) => {
  const { events, reported, end } = await townOf({ seed });

  const outcome = outcomeOf(lived(events, end, { folds: 0 }));

  const { owners } = identityOf(reported);
  expect([...outcome.owners.keys()].sort()).toEqual([...owners.keys()].sort());
  expect(pairedBy(owners, outcome.owners).size).toBeGreaterThan(20);
});
