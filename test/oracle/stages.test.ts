import { expect, test } from 'vitest';
import { importedArrivals, pairedBy } from '#test/given/arrivals';
import type { Disturbance } from '#test/given/disturbed';
import { imported } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { townOf } from '#test/oracle/given';
import { simulate } from '#test/oracle/simulate';

const model = shippedForOracle();

/** Given a file sorted by time, when it is imported into an empty folder, then leads move when the oracle says, and nobody else. */
test.each<[number, readonly Disturbance[]]>([
  [21, []],
  [22, ['shared_device', 'bots', 'repeated']],
  [23, ['consent', 'repeated']],
  [24, ['shared_device', 'misattributed', 'bots', 'consent', 'repeated']],
  [25, ['shared_device', 'misattributed', 'bots', 'consent', 'repeated']],
])('stages over time and handoffs, seed %i %j', async (seed, disturbances) => {
  const { lines, events } = await townOf({ seed, days: 130 }, disturbances);
  const arrivals = importedArrivals(lines);
  const end = arrivals.at(-1)?.arrived ?? 0;

  const outcome = outcomeOf(imported(events));

  const expected = simulate(arrivals, model, end);
  const ids = pairedBy(expected.ownerThen, outcome.ownersThen);
  const named = new Map([...ids].map(([lead, id]) => [id, lead]));
  const nameOf = (id: string) => named.get(id) ?? id;
  const stages = outcome.moves.map(({ lead, rule, from_stage, to_stage, at }) => [
    nameOf(lead),
    rule,
    from_stage,
    to_stage,
    at,
  ]);
  const wanted = expected.stages.map(({ lead, rule, from, to, at }) => [lead, rule, from, to, at]);
  const unshuffled = ([lead]: readonly unknown[]) => !expected.shuffled.has(String(lead));
  expect(stages.filter(unshuffled).sort(byLead)).toEqual(wanted.filter(unshuffled).sort(byLead));
  expect(wanted.filter(unshuffled).length).toBeGreaterThan(10);
  const handed = outcome.handoffs.map(({ lead_id, at, rep }) => [nameOf(lead_id), at, rep]);
  const turns = expected.handovers.map(({ lead, at }, i) => [lead, at, model.reps[i % model.reps.length]]);
  expect(handed).toEqual(turns);
});

function byLead(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : String(a[0]) > String(b[0]) ? 1 : Number(a[4]) - Number(b[4]);
}
