import { expect, test } from 'vitest';
import type { Scored } from '#schemas/generated/records';
import { TOPICS } from '#schemas/topics';
import { pairedBy } from '#test/given/arrivals';
import { lived } from '#test/given/lines';
import { outcomeOf, valuesOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { reportsOf, townOf } from '#test/oracle/given';
import { identityOf } from '#test/oracle/identity';
import { isExcluded } from '#test/oracle/reported';

/** Given reports of all kinds, when they have come in, then how much each lead did, and when last of its own, is the oracle's. */
test.each([51, 52])('what a lead has done so far, in figures, seed %i', async (seed) => {
  const town = await townOf({ seed, leads: 30 }, ['shared_device', 'misattributed', 'bots', 'late', 'repeated']);
  const { notOwn } = shippedForOracle().ladder;

  const running = lived(town.events, town.end, { folds: 1 });

  const last = new Map<string, Scored>();
  for (const one of valuesOf(running, TOPICS.scores, 'Scored')) last.set(one.lead_id, one);
  const { owners } = identityOf(town.reported);
  for (const [lead, id] of pairedBy(owners, outcomeOf(running).owners)) {
    const counting = reportsOf(lead, town, owners).filter((event) => !isExcluded(event));
    const times = counting.map(({ at }) => at);
    const own = counting.flatMap(({ name, at }) => (notOwn.has(name) ? [] : [at]));
    const seen = last.get(id)?.seen;
    expect([lead, seen?.activities, seen?.first_at, seen?.last_at, seen?.own_at]).toEqual([
      lead,
      times.length,
      times.length === 0 ? null : Math.min(...times),
      times.length === 0 ? null : Math.max(...times),
      own.length === 0 ? null : Math.max(...own),
    ]);
  }
});
