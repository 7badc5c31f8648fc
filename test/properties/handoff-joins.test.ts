import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import type { Activity } from '#schemas/generated/records';
import { type ActivityMessage, type HandoffMessage, TOPICS } from '#schemas/topics';
import { createHandoffTopology } from '#services/handoff/topology';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { createTriggerTopology } from '#services/trigger/topology';
import { activity, NOBODY, NOON } from '#test/given/activity';
import { HOUR } from '#test/given/event';
import { valuesOf } from '#test/given/outcome';

const files = await readModel('model');
const compile = createCompiler();

/** Two leads that may turn out to be one, with the shipped model in force. */
function given() {
  const running = drive(
    [
      createScoreTopology({ compile, hash: sha256 }),
      createStageTopology({ compile }),
      createTriggerTopology({ compile, hash: sha256 }),
      createHandoffTopology({ compile, hash: sha256 }),
    ],
    () => 1,
  );
  let seq = 0;
  const publish = (message: (seq: number) => ActivityMessage, lead: string | null) => {
    seq += 1;
    running.publish(TOPICS.activity, message(seq), 0, 0, lead);
  };
  const cause = { cause_event_id: 'x', input_offset: 0 };
  publish((n) => {
    const model = { model_version: versionOf(files), files, input_offset: 0, own_time: false, identity_key: null };
    return { type: 'ModelApplied', value: { ...model, seq: n, logged_at: NOON } };
  }, null);

  function does(lead_id: string, names: readonly string[], over: Partial<Activity> = {}): readonly Activity[] {
    const personal = { ...NOBODY, user_id: lead_id };
    return names.map((name) => {
      const logged_at = NOON + seq * HOUR;
      const one = activity({ known: true, personal, name, lead_id, logged_at, occurred_at: logged_at, ...over });
      const done = { ...one, event_id: over.event_id ?? `e${seq}` };
      publish((n) => ({ type: 'Activity', value: { ...done, seq: n } }), lead_id);
      return done;
    });
  }

  return {
    does,
    joins(from: string, into: string, moving: readonly Activity[]): void {
      const logged_at = NOON + seq * HOUR;
      const [ends, told_back] = [true, true];
      for (const lead_id of [from, into]) {
        const opened = { logged_at, lead_id, from_lead_id: from, into_lead_id: into, ends, told_back, ...cause };
        publish((n) => ({ type: 'JoinOpened', value: { ...opened, seq: n } }), lead_id);
      }
      const answer = valuesOf(running, TOPICS.joins, 'JoinAnswer').at(-1);
      if (answer === undefined) throw new Error(`${from} does not answer`);
      for (const { event_id, publisher, name, occurred_at } of moving) {
        const moved = { logged_at, lead_id: from, to_lead_id: into, event_id, publisher, name, occurred_at, ...cause };
        publish((n) => ({ type: 'MovedOut', value: { ...moved, seq: n } }), from);
        does(into, [name], { event_id, publisher, occurred_at, cause: 'move' });
      }
      const merged = { logged_at, lead_id: from, into_lead_id: into, ...cause };
      publish((n) => ({ type: 'Merged', value: { ...merged, seq: n } }), from);
      const { join_seq, decisions } = answer;
      const closed = { logged_at, lead_id: into, from_lead_id: from, join_seq, ends, decisions, ...cause };
      publish((n) => ({ type: 'JoinClosed', value: { ...closed, seq: n } }), into);
    },
    handedOff: (): readonly string[] =>
      running
        .records(TOPICS.handoffs)
        .map(({ value }) => value as HandoffMessage)
        .flatMap(({ type, value }) => (type === 'Handoff' ? [value.lead_id] : [])),
  };
}

const HOT = ['trial_started', 'appointment_scheduled', 'email_replied'];

test('a lead that is with sales is not handed over again when another is joined into it', () => {
  const world = given();
  world.does('ann', HOT);
  const others = world.does('bob', HOT);
  expect(world.handedOff()).toEqual(['ann', 'bob']);
  world.joins('bob', 'ann', others);
  world.does('ann', ['page_viewed', 'email_replied']);
  expect(world.handedOff()).toEqual(['ann', 'bob']);
});

test('a join hands nobody over, and a lead that is with sales under one id is with sales under the other', () => {
  const world = given();
  const hot = world.does('ann', HOT);
  world.does('bob', ['subscribed']);
  world.joins('ann', 'bob', hot);
  expect(world.handedOff()).toEqual(['ann']);
  world.does('bob', ['page_viewed']);
  world.does('bob', ['page_viewed']);
  expect(world.handedOff()).toEqual(['ann']);
});

test('a lead whom sales has accepted is with sales under the other id, too: nobody is handed over again', () => {
  const world = given();
  const hot = world.does('ann', [...HOT, 'handoff_accepted']);
  world.does('bob', ['subscribed']);
  world.joins('ann', 'bob', hot);
  world.does('bob', ['page_viewed', 'email_replied']);
  expect(world.handedOff()).toEqual(['ann']);
});

test.each([
  ['accepted and given back', ['handoff_accepted', 'handoff_returned']],
  ['given back at once', ['handoff_returned']],
])('one whom sales has %s is not handed over again before it asks', (_how, answers) => {
  const world = given();
  const hot = world.does('ann', [...HOT, ...answers]);
  world.does('bob', ['subscribed']);
  world.joins('ann', 'bob', hot);
  world.does('bob', ['page_viewed']);
  expect(world.handedOff()).toEqual(['ann']);
  world.does('bob', ['appointment_scheduled']);
  expect(world.handedOff()).toEqual(['ann', 'bob']);
});

test('a lead that was given back is not handed over for what another, joined into it, asked before that', () => {
  const world = given();
  const asked = world.does('ann', ['appointment_scheduled']);
  world.does('bob', [...HOT, 'handoff_returned']);
  world.joins('ann', 'bob', asked);
  world.does('bob', ['page_viewed']);
  expect(world.handedOff()).toEqual(['bob']);
});

test('nor is one whom sales has turned down', () => {
  const world = given();
  const hot = world.does('ann', [...HOT, 'lead_disqualified']);
  world.does('bob', ['subscribed']);
  world.joins('ann', 'bob', hot);
  world.does('bob', ['page_viewed', 'email_replied']);
  expect(world.handedOff()).toEqual(['ann']);
});
