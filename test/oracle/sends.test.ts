import { describe, expect, test } from 'vitest';
import { pairedBy } from '#test/given/arrivals';
import type { Disturbance } from '#test/given/disturbed';
import { lived } from '#test/given/lines';
import { outcomeOf } from '#test/given/outcome';
import { shippedForOracle } from '#test/given/shipped-texts';
import { DAY, townOf } from '#test/oracle/given';
import type { Send } from '#test/oracle/programs';
import { simulate } from '#test/oracle/simulate';

const model = shippedForOracle();

/** Given reports that come in live, in their order, when all steps are over, then what was sent and kept back is the oracle's. */
async function sendsOf(seed: number, disturbances: readonly Disturbance[]) {
  const { events, arrivals, end } = await townOf({ seed }, disturbances);
  const until = end + 10 * DAY;

  const outcome = outcomeOf(lived(events, until));

  const expected = simulate(arrivals, model, until);
  const ids = pairedBy(expected.ownerThen, outcome.ownersThen);
  const named = new Map([...ids].map(([lead, id]) => [id, lead]));
  const told = outcome.triggers.map(
    ({ lead_id, program, step, at, suppressed_by }): Send => ({
      lead: named.get(lead_id) ?? lead_id,
      program,
      step,
      at,
      suppressedBy: suppressed_by,
    }),
  );
  const unshuffled = ({ lead }: Send) => !expected.shuffled.has(lead);
  return { told: told.filter(unshuffled).sort(inTime), wanted: expected.sends.filter(unshuffled).toSorted(inTime) };
}

function inTime(a: Send, b: Send): number {
  return a.at - b.at || (a.lead < b.lead ? -1 : 1);
}

/** What falls due, whether it is sent or not. */
function dueOf(sends: readonly Send[]) {
  return sends.map(({ lead, program, step, at }) => [lead, program, step, at]);
}

const TOWNS: readonly [number, readonly Disturbance[]][] = [
  [31, []],
  [32, ['shared_device', 'bots', 'repeated']],
  [33, ['consent', 'repeated']],
  [34, ['shared_device', 'misattributed', 'consent', 'bots', 'repeated']],
];

const SENDS = new Map(TOWNS.map(([seed, disturbances]) => [seed, sendsOf(seed, disturbances)]));

function sendsIn(seed: number) {
  return SENDS.get(seed) ?? Promise.reject(new Error(`there is no town ${seed}`));
}

describe.each(TOWNS)('a town, seed %i, %j', (seed) => {
  const sends = sendsIn(seed);

  test('which steps fall due, and when', async () => {
    const { told, wanted } = await sends;
    expect(dueOf(told)).toEqual(dueOf(wanted));
    expect(wanted.length).toBeGreaterThan(10);
  });

  test('what is sent, and why the rest is not', async () => {
    const { told, wanted } = await sends;
    expect(told).toEqual(wanted);
  });
});

test('the towns give every reason for which a mail is kept back', async () => {
  const { wanted } = await sendsIn(33);
  const reasons = new Set(wanted.map(({ suppressedBy }) => suppressedBy));
  for (const reason of ['unsubscribed', 'bounced', 'complained', null]) expect(reasons).toContain(reason);
});
