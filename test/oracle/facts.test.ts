import { expect, test } from 'vitest';
import { pairedBy } from '#test/given/arrivals';
import { imported, lived } from '#test/given/lines';
import { NOTHING_TOLD, type Outcome, outcomeOf } from '#test/given/outcome';
import { factsAt, type LeadFacts } from '#test/oracle/facts';
import { DAY, reportsOf, type Town, townOf } from '#test/oracle/given';
import { identityOf } from '#test/oracle/identity';

/** Each lead's facts as the services tell them last, beside the oracle's. */
function compared(town: Town, outcome: Outcome, at: number) {
  const { owners, addresses } = identityOf(town.reported);
  const told = new Map<string, LeadFacts>();
  const wanted = new Map<string, LeadFacts>();
  for (const [lead, id] of pairedBy(owners, outcome.owners)) {
    wanted.set(lead, factsAt(reportsOf(lead, town, owners), addresses.get(lead) ?? new Set(), at));
    told.set(lead, outcome.facts.get(id) ?? NOTHING_TOLD);
  }
  return { told, wanted };
}

/** Given reports of all kinds, when they have come in live, then what is told of each lead is the oracle's. */
test.each([41, 42, 43])('facts, live, seed %i', async (seed) => {
  const town = await townOf({ seed });
  const after = town.end + DAY;

  const { told, wanted } = compared(town, outcomeOf(lived(town.events, after, { folds: 1 })), after);

  expect(told).toEqual(wanted);
});

/** Given the same of a file, when it is imported, then no less. */
test.each([44, 45])('facts, imported, seed %i', async (seed) => {
  const town = await townOf({ seed }, ['shared_device', 'misattributed', 'bots', 'consent', 'repeated']);

  const { told, wanted } = compared(town, outcomeOf(imported(town.events)), town.end + DAY);

  expect(told).toEqual(wanted);
});
