import { expect, test } from 'vitest';
import { arrivalsOf, pairedBy, reportedIn } from '#test/given/arrivals';
import { type Disturbance, disturbed } from '#test/given/disturbed';
import { collected, imported, lived } from '#test/given/lines';
import { NOTHING_TOLD, type Outcome, outcomeOf } from '#test/given/outcome';
import { factsAt, type LeadFacts } from '#test/oracle/facts';
import { identityOf } from '#test/oracle/identity';
import { nameOf, type Reported } from '#test/oracle/reported';

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

/** Each lead's facts as the services tell them last, beside the oracle's. */
function compared(reported: readonly Reported[], outcome: Outcome, at: number) {
  const events = [...new Map(reported.map((event) => [nameOf(event), event])).values()];
  const { owners, addresses } = identityOf(events);
  const told = new Map<string, LeadFacts>();
  const wanted = new Map<string, LeadFacts>();
  for (const [lead, id] of pairedBy(owners, outcome.owners)) {
    const own = events.filter((event) => owners.get(nameOf(event)) === lead);
    wanted.set(lead, factsAt(own, addresses.get(lead) ?? new Set(), at));
    told.set(lead, outcome.facts.get(id) ?? NOTHING_TOLD);
  }
  return { told, wanted };
}

/** Given reports of all kinds, when they have come in live, then what is told of each lead is the oracle's. */
test.each([41, 42, 43])('facts, live, seed %i', async (seed) => {
  const lines = disturbed({ leads: 40, days: 60, seed }, ALL);
  const arrivals = arrivalsOf(lines);
  const end = (arrivals.at(-1)?.arrived ?? 0) + DAY;

  const { told, wanted } = compared(reportedIn(arrivals), outcomeOf(lived(await collected(lines), end)), end);

  expect(told).toEqual(wanted);
});

/** Given the same of a file, when it is imported, then no less. */
test.each([44, 45])('facts, imported, seed %i', async (seed) => {
  const lines = disturbed({ leads: 40, days: 60, seed }, [
    'shared_device',
    'misattributed',
    'bots',
    'consent',
    'repeated',
  ]);
  const arrivals = arrivalsOf(lines);
  const end = (arrivals.at(-1)?.arrived ?? 0) + DAY;

  const { told, wanted } = compared(reportedIn(arrivals), outcomeOf(imported(await collected(lines))), end);

  expect(told).toEqual(wanted);
});
