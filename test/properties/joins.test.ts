import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drive } from '#lib/flow/drive';
import { leadKey } from '#lib/flow/leads';
import { endOf } from '#lib/flow/table';
import type { Held } from '#lib/model/held';
import type { JoinAnswer, LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { answersHeld, HELD } from '#test/given/answers-held';
import { inSeq } from '#test/given/batch/in-seq';
import { event, T0 } from '#test/given/event';
import { submitted } from '#test/given/identify';
import { eventsOf, type JoinStep, joinHistories, LETTER, modelOfJoins } from '#test/given/join-histories';
import { valuesOf } from '#test/given/outcome';

const MINUTE = 60_000;
const model = modelOfJoins();
/** More of them while the rules change: JOIN_RUNS=5000. */
const RUNS = Number(process.env.JOIN_RUNS ?? 200);

interface Settled {
  readonly event: LeadEvent;
  readonly at: number;
}

/** What follows from a run: what is decided about each lead, by what brought it about. */
function decided(running: Drive) {
  const triggers = valuesOf(running, TOPICS.triggers, 'Trigger').map(
    ({ trigger_id, lead_id, program, step: one, suppressed_by, personal }) =>
      [trigger_id, lead_id, program, one, suppressed_by, personal.email].join(' '),
  );
  const moves = valuesOf(running, TOPICS.stages, 'Staged').flatMap(({ lead_id, moves: all, cause_id }) =>
    all.map(({ rule, from_stage, to_stage }) => [lead_id, rule, from_stage, to_stage, cause_id].join(' ')),
  );
  const handoffs = valuesOf(running, TOPICS.handoffs, 'Handoff')
    .toSorted((a, b) => a.handoff_seq - b.handoff_seq)
    .map(({ handoff_id, lead_id, rep, suppressed_by }) => [handoff_id, lead_id, rep, suppressed_by].join(' '));
  return { triggers: triggers.sort(), moves: moves.sort(), handoffs };
}

function logOf(running: Drive): readonly ActivityMessage[] {
  return inSeq(running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage));
}

/** The events in the order in which they were settled, each with its logged time. */
function settledIn(running: Drive, events: ReadonlyMap<string, LeadEvent>): readonly Settled[] {
  return logOf(running).flatMap(({ type, value }) => {
    if (type !== 'Activity' || value.cause === 'move') return [];
    const told = events.get(value.event_id);
    return told === undefined ? [] : [{ event: told, at: value.logged_at }];
  });
}

function joinsIn(running: Drive) {
  const log = logOf(running);
  const of = (wanted: ActivityMessage['type']) => log.filter(({ type }) => type === wanted);
  const closed = log.filter(({ type, value }) => type === 'JoinClosed' && value.lead_id !== value.from_lead_id);
  return { opened: of('JoinOpened').length, answered: of('JoinAnswered').length, closed: closed.length };
}

/** Leads of which a fold still waits for something, or that it takes for ending, though all is over. */
function leftWaiting(running: Drive, service: 'stage' | 'trigger', partitions: number): readonly string[] {
  return Array.from({ length: partitions }, (_, partition) => running.table(service, partition)).flatMap((table) =>
    Array.from(table.range(leadKey(0, ''), endOf(leadKey(0, '')))).flatMap(([key, stored]) => {
      const { state } = stored as { readonly state?: Held & { readonly running?: unknown } };
      const { joining, closed, running: inProgram = null } = state ?? {};
      const isOver = joining === undefined && closed !== 'ending' && inProgram === null;
      return isOver ? [] : [`${service} ${key}: ${JSON.stringify({ joining, closed, inProgram })}`];
    }),
  );
}

/** Mails of a program that may be entered once, as they were sent, each more than once to an address. */
function sentTwice(running: Drive): readonly string[] {
  const sent = valuesOf(running, TOPICS.triggers, 'Trigger')
    .filter(({ program, suppressed_by }) => program === LETTER && suppressed_by === null)
    .map(({ step, personal }) => `${step} to ${personal.email}`);
  return sent.filter((one, i) => sent.indexOf(one) !== i);
}

/** All of a history; answers come where it says so. `timed`: time may pass while somebody waits for one. */
function lived(steps: readonly JoinStep[], partitions: number, timed: boolean) {
  const { running, answers } = answersHeld(partitions);
  const events = new Map<string, LeadEvent>();
  let now = T0;
  let late = 0;
  running.publish(TOPICS.events, submitted(model, now), now);
  for (const [i, one] of steps.entries()) {
    if (one.answered || (one.wait > 0 && !timed)) late += answers(now);
    now += one.wait;
    running.tick(now);
    for (const message of eventsOf(one, i, now)) {
      if (message.type === 'LeadEvent') events.set(message.value.event_id, message.value);
      running.publish(TOPICS.events, message, now);
    }
  }
  late += answers(now);
  for (const later of [60, 120]) running.tick(now + later * MINUTE);
  return { running, events, late, partitions };
}

/** Every event is settled, every join opened, answered and closed once, nobody waits any more, and nothing is decided twice. */
function expectWhole({ running, events, partitions }: ReturnType<typeof lived>): void {
  const order = settledIn(running, events);
  const lost = [...events.keys()].filter((id) => !order.some(({ event: { event_id } }) => event_id === id));
  const { opened, answered, closed } = joinsIn(running);
  expect({ lost, answered, closed }).toEqual({ lost: [], answered: opened / 2, closed: opened / 2 });
  const ids = (topic: 'triggers' | 'handoffs') =>
    topic === 'triggers'
      ? valuesOf(running, TOPICS.triggers, 'Trigger').map(({ trigger_id }) => trigger_id)
      : valuesOf(running, TOPICS.handoffs, 'Handoff').map(({ handoff_id }) => handoff_id);
  for (const of of ['triggers', 'handoffs'] as const) expect(new Set(ids(of)).size).toBe(ids(of).length);
  for (const service of ['stage', 'trigger'] as const) expect(leftWaiting(running, service, partitions)).toEqual([]);
  expect(sentTwice(running)).toEqual([]);
}

/** As long as so many runs may take, ms. */
const LONG = Math.max(240_000, RUNS * 1000);

describe('joins and partings, one to eight partitions, answers late at random', () => {
  const partitions = fc.integer({ min: 1, max: 8 });

  test(
    'decide what one partition decides that has every answer at once',
    () => {
      let late = 0;
      fc.assert(
        fc.property(joinHistories, partitions, (steps, count) => {
          const slow = lived(steps, count, false);
          late += slow.late;
          expectWhole(slow);

          const swift = answersHeld(1);
          swift.running.publish(TOPICS.events, submitted(model, T0), T0);
          const ticks = logOf(slow.running).flatMap(({ type, value }) => (type === 'Tick' ? [value.logged_at] : []));
          for (const { event: value, at } of settledIn(slow.running, slow.events)) {
            for (let tick = ticks[0]; tick !== undefined && tick <= at; tick = ticks[0]) {
              swift.running.tick(tick);
              ticks.shift();
            }
            swift.running.publish(TOPICS.events, { type: 'LeadEvent', value }, at);
            swift.answers(at);
          }
          for (const tick of ticks) swift.running.tick(tick);
          expect(decided(slow.running)).toEqual(decided(swift.running));
        }),
        { numRuns: RUNS },
      );
      expect(late).toBeGreaterThan(100);
    },
    LONG,
  );

  test(
    'decide, while time passes that they wait in, the same over any number of partitions',
    () => {
      fc.assert(
        fc.property(joinHistories, partitions, (steps, count) => {
          const many = lived(steps, count, true);
          expectWhole(many);
          expect(decided(many.running)).toEqual(decided(lived(steps, 1, true).running));
        }),
        { numRuns: RUNS },
      );
    },
    LONG,
  );

  test('an answer that comes again says nothing', () => {
    const { running, answers } = answersHeld(2);
    running.publish(TOPICS.events, submitted(model, T0), T0);
    const said = [{ user: 'ann' }, { email: 'a@x.org' }, { user: 'ann', email: 'a@x.org' }];
    said.forEach((who, i) => {
      running.publish(TOPICS.events, event({ ...who, event_id: `e${i}`, occurred_at: T0 + i }), T0 + i);
    });
    answers(T0 + 3);
    const before = logOf(running).length;
    for (const { value, partition, key } of running.records(HELD)) {
      const again: JoinAnswer = { ...(value as { readonly value: JoinAnswer }).value };
      running.publish(TOPICS.joins, { type: 'JoinAnswer', value: again }, T0 + 4, partition, key);
    }
    expect(before).toBeGreaterThan(5);
    expect(logOf(running)).toHaveLength(before);
  });
});
