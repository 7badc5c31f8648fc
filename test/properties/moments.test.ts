import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Staged } from '#schemas/generated/records';
import { lived } from '#test/given/lines';
import { doings, MINUTE, MOMENTS } from '#test/given/moments-history';
import { type Outcome, outcomeOf } from '#test/given/outcome';
import { reportedOf } from '#test/given/reported-of';
import type { LeadEventMessage } from '#test/given/spoken';
import { oracleModel } from '#test/oracle/model';
import { pointsOf, scoreAt, scoreMet } from '#test/oracle/scores';
import { type Arrival, simulate } from '#test/oracle/simulate';

const model = oracleModel(MOMENTS);
/** Waits are minutes, and points of a trial halve in an hour: what is to come has come by then, ms. */
const AFTER = 6 * 60 * MINUTE;

function untilOf(events: readonly LeadEventMessage[]): number {
  return (events.at(-1)?.value.received_at ?? 0) + AFTER;
}

type Simulated = ReturnType<typeof minuteByMinute>;

/** The lead looked at every minute, and at the ms between two at which something changed sides. */
function minuteByMinute(events: readonly LeadEventMessage[]) {
  const arrivals = events.flatMap((message): readonly Arrival[] => {
    const arrived = message.value.received_at;
    return reportedOf([message]).map((event) => ({ event, arrived, historic: false }));
  });
  return simulate(arrivals, model, untilOf(events), MINUTE);
}

/** Times are told to the ms; a few are the difference of two ways to round. */
function near(at: number): unknown {
  return expect.closeTo(at, -1);
}

test('leads move, get steps of programs, and have scores, at the moments at which a simulation minute by minute has them', () => {
  let waited = 0;
  const reasons = new Set<string | null>();
  fc.assert(
    fc.property(doings, fc.constantFrom(1, 2), (events, partitions) => {
      const outcome = outcomeOf(lived(events, untilOf(events), { files: MOMENTS, partitions }), partitions);
      const { stages, sends } = minuteByMinute(events);
      expectMoves(outcome, stages);
      expectSteps(outcome, sends);
      expectScores(outcome, events);
      if (stages.some(({ at }) => at % MINUTE !== 0)) waited += 1;
      for (const { suppressedBy } of sends) reasons.add(suppressedBy);
    }),
    { numRuns: 500 },
  );
  expect(waited).toBeGreaterThan(50);
  for (const reason of [null, 'unsubscribed', 'no_address', 'bounced', 'complained']) expect(reasons).toContain(reason);
}, 180_000);

function expectMoves({ moves }: Outcome, stages: Simulated['stages']): void {
  const told = moves.map(({ rule, from_stage, to_stage, at }) => [rule, from_stage, to_stage, at]);
  expect(told).toEqual(stages.map(({ rule, from, to, at }) => [rule, from, to, near(at)]));
}

/** Due, sent and kept back. */
function expectSteps({ triggers }: Outcome, sends: Simulated['sends']): void {
  const told = triggers.map(({ program, step, at, suppressed_by }) => [program, step, at, suppressed_by]);
  const wanted = sends.map(({ program, step, at, suppressedBy }) => [program, step, near(at), suppressedBy]);
  expect(told.sort(byStep)).toEqual(wanted.sort(byStep));
}

/** Every record of a stage shows the score of the time that it names. */
function expectScores({ staged }: Outcome, events: readonly LeadEventMessage[]): void {
  for (const one of staged) {
    const points = pointsOf(reportedOf(knownBy(one, events)), model.rules);
    const score = one.due_at === null ? scoreMet(points, one.score_at) : scoreAt(points, one.score_at);
    expect([one.cause_id, one.score]).toEqual([one.cause_id, expect.closeTo(score, 8)]);
  }
}

/** What had come in when a record was made; the report that brings the time of a wake-up comes after it. */
function knownBy({ logged_at, due_at }: Staged, events: readonly LeadEventMessage[]): readonly LeadEventMessage[] {
  return events.filter(
    ({ value }) => value.received_at < logged_at || (due_at === null && value.received_at === logged_at),
  );
}

function byStep(a: readonly unknown[], b: readonly unknown[]): number {
  const [one, other] = [`${a[0]} ${a[1]}`, `${b[0]} ${b[1]}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
