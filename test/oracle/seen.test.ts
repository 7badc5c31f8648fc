import { expect, test } from 'vitest';
import type { Scored } from '#schemas/generated/records';
import { TOPICS } from '#schemas/topics';
import { arrivalsOf, pairedBy, reportedIn } from '#test/given/arrivals';
import { disturbed } from '#test/given/disturbed';
import { collected, lived } from '#test/given/lines';
import { outcomeOf, valuesOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { identityOf } from '#test/oracle/identity';
import { isExcluded, nameOf } from '#test/oracle/reported';

/** Given reports of all kinds, when they have come in, then how much each lead did, and when last of its own, is the oracle's. */
test.each([51, 52])('what a lead has done so far, in figures, seed %i', async (seed) => {
  const lines = disturbed({ leads: 30, days: 60, seed }, [
    'shared_device',
    'misattributed',
    'bots',
    'late',
    'repeated',
  ]);
  const arrivals = arrivalsOf(lines);
  const { notOwn } = shippedForOracle().ladder;

  const running = lived(await collected(lines), arrivals.at(-1)?.arrived ?? 0);

  const last = new Map<string, Scored>();
  for (const one of valuesOf(running, TOPICS.scores, 'Scored')) last.set(one.lead_id, one);
  const reported = [...new Map(reportedIn(arrivals).map((event) => [nameOf(event), event])).values()];
  const { owners } = identityOf(reported);
  for (const [lead, id] of pairedBy(owners, outcomeOf(running).owners)) {
    const counting = reported.filter((event) => owners.get(nameOf(event)) === lead && !isExcluded(event));
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
