import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drive } from '#lib/flow/drive';
import type { JoinAnswer, LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { answersHeld, HELD } from '#test/given/answers-held';
import { inSeq } from '#test/given/batch/in-seq';
import { event, T0 } from '#test/given/event';
import { hastyModels } from '#test/given/hasty-model';
import { submitted } from '#test/given/identify';
import { valuesOf } from '#test/given/outcome';

const MINUTE = 60_000;
const [model] = hastyModels();

const user = fc.constantFrom('ann', 'bob', 'cleo');
const email = fc.constantFrom('a@x.org', 'b@x.org', 'c@x.org');

const step = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('does' as const) },
    { weight: 3, arbitrary: fc.constant('joins' as const) },
    { weight: 1, arbitrary: fc.constant('parts' as const) },
  ),
  name: fc.constantFrom('page_viewed', 'page_viewed', 'trial_started', 'handoff_returned', 'unsubscribed'),
  user,
  email,
  byMail: fc.boolean(),
  /** Before it, ms. */
  wait: fc.oneof(fc.constant(0), fc.nat(4 * MINUTE), fc.nat(15 * MINUTE)),
  /** Whether answers come before it. */
  answered: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const histories = fc.array(step, { minLength: 10, maxLength: 40 });

function eventOf({ kind, name, user: u, email: e, byMail }: Step, i: number, at: number): EventMessage {
  const who = kind === 'does' ? (byMail ? { email: e } : { user: u }) : { user: u, email: e };
  const what = kind === 'joins' ? 'identified' : kind === 'parts' ? 'unmerged' : name;
  const properties = { plan: 'a' };
  return event({ name: what, ...who, properties, event_id: `e${i}`, occurred_at: at, received_at: at });
}

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
  return { opened: of('JoinOpened').length, answered: of('JoinAnswered').length, closed: of('JoinClosed').length };
}

/** All of a history; answers come where it says so. `timed`: time may pass while somebody waits for one. */
function lived(steps: readonly Step[], partitions: number, timed: boolean) {
  const { running, answers } = answersHeld(partitions);
  const events = new Map<string, LeadEvent>();
  let now = T0;
  let late = 0;
  running.publish(TOPICS.events, submitted(model, now), now);
  for (const [i, one] of steps.entries()) {
    if (one.answered || (one.wait > 0 && !timed)) late += answers(now);
    now += one.wait;
    running.tick(now);
    const message = eventOf(one, i, now);
    if (message.type === 'LeadEvent') events.set(message.value.event_id, message.value);
    running.publish(TOPICS.events, message, now);
  }
  late += answers(now);
  running.tick(now + 60 * MINUTE);
  return { running, events, late };
}

/** Every event is settled, every join opened, answered and closed once, and nothing is decided twice. */
function expectWhole({ running, events }: Pick<ReturnType<typeof lived>, 'running' | 'events'>): void {
  const order = settledIn(running, events);
  const lost = [...events.keys()].filter((id) => !order.some(({ event: { event_id } }) => event_id === id));
  const { opened, answered, closed } = joinsIn(running);
  expect({ lost, answered, closed }).toEqual({ lost: [], answered: opened / 2, closed: opened / 2 });
  const ids = (topic: 'triggers' | 'handoffs') =>
    topic === 'triggers'
      ? valuesOf(running, TOPICS.triggers, 'Trigger').map(({ trigger_id }) => trigger_id)
      : valuesOf(running, TOPICS.handoffs, 'Handoff').map(({ handoff_id }) => handoff_id);
  for (const of of ['triggers', 'handoffs'] as const) expect(new Set(ids(of)).size).toBe(ids(of).length);
}

describe('joins and partings, one to eight partitions, answers late at random', () => {
  const partitions = fc.integer({ min: 1, max: 8 });

  test('decide what one partition decides that has every answer at once', () => {
    let late = 0;
    fc.assert(
      fc.property(histories, partitions, (steps, count) => {
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
      { numRuns: 200 },
    );
    expect(late).toBeGreaterThan(100);
  }, 240_000);

  test('decide, while time passes that they wait in, the same over any number of partitions', () => {
    fc.assert(
      fc.property(histories, partitions, (steps, count) => {
        const many = lived(steps, count, true);
        expectWhole(many);
        expect(decided(many.running)).toEqual(decided(lived(steps, 1, true).running));
      }),
      { numRuns: 100 },
    );
  }, 240_000);

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
