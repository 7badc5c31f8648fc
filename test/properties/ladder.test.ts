import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { versionOf } from '#lib/model/files';
import type { Activity, Staged, StageMove } from '#schemas/generated/records';
import { type ActivityMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { activity, NOBODY, NOON } from '#test/given/activity';
import { DAY } from '#test/given/event';
import { FULL_LADDER } from '#test/given/full-ladder';

const compile = createCompiler();
const topologies = [createScoreTopology({ compile, hash: sha256 }), createStageTopology({ compile })];

/** A behaviour of a known lead on a day; `properties` and `traits` as objects. */
type Done = Partial<Omit<Activity, 'properties'>> & {
  readonly day: number;
  readonly properties?: object;
  readonly traits?: object;
};

/** What the stage fold says of one lead that did this, a day's tick after the other until `days`. */
function given(done: readonly Done[], days: number): readonly Staged[] {
  const running = drive(topologies, () => 1);
  let seq = 0;
  const publish = (message: (seq: number) => ActivityMessage, lead: string | null) =>
    running.publish(TOPICS.activity, message(++seq), 0, 0, lead);
  const applied = {
    model_version: versionOf(FULL_LADDER),
    files: FULL_LADDER,
    input_offset: 0,
    own_time: false,
    identity_key: null,
  };
  publish((n) => ({ type: 'ModelApplied', value: { ...applied, seq: n, logged_at: NOON } }), null);
  for (let day = 0; day <= days; day++) {
    const at = NOON + day * DAY;
    for (const { day: on, properties = {}, traits = {}, ...over } of done) {
      if (on !== day) continue;
      const texts = { properties: JSON.stringify(properties) };
      const personal = { ...NOBODY, email: 'ada@x.org', traits: JSON.stringify(traits), ...over.personal };
      publish(
        (n) => ({
          type: 'Activity',
          value: activity({
            known: true,
            occurred_at: at,
            ...texts,
            ...over,
            seq: n,
            logged_at: at,
            event_id: `e${n}`,
            personal,
          }),
        }),
        'ada',
      );
    }
    publish(
      (n) => ({
        type: 'Tick',
        value: { seq: n, logged_at: at + 1, own_time: false, identity_key: null, import_id: null },
      }),
      null,
    );
  }
  return running
    .records(TOPICS.stages)
    .map(({ value }) => value as StageMessage)
    .flatMap((message) => (message.type === 'Staged' ? [message.value] : []));
}

function movesOf(staged: readonly Staged[]): readonly StageMove[] {
  return staged.flatMap(({ moves }) => moves);
}

/** The stages entered, with the day. */
function path(staged: readonly Staged[]): readonly string[] {
  return movesOf(staged).map(({ to_stage, at }) => `${to_stage} ${Math.floor((at - NOON) / DAY)}`);
}

const asked: Done = { day: 0, name: 'appointment_scheduled', traits: { company_size: 200 } };

describe('a lead on the whole ladder', () => {
  test('goes up to the customer, each move with its rule and how long the stage left took', () => {
    const staged = given(
      [
        asked,
        { day: 2, name: 'handoff_accepted' },
        { day: 9, name: 'opportunity_created' },
        { day: 30, name: 'deal_won' },
      ],
      40,
    );
    expect(path(staged)).toEqual(['lead 0', 'mql 0', 'sql 2', 'opportunity 9', 'customer 30']);
    const last = movesOf(staged).at(-1);
    expect(last).toMatchObject({ rule: 'won', from_since: NOON + 9 * DAY, visit: 1 });
  });

  test('needs the grade as well as the score', () => {
    expect(path(given([{ ...asked, traits: { company_size: 3 } }], 1))).toEqual(['lead 0']);
    expect(given([asked], 1).at(-1)).toMatchObject({ grade: 'B', stage_after: 'mql' });
  });

  test('falls back when time alone takes its score below the exit, on the day it does', () => {
    // 60 points are 35 after 30 × log2(60 / 35) = 23.3 days.
    expect(path(given([asked], 40))).toEqual(['lead 0', 'mql 0', 'lead 23']);
  });

  test('comes back with a reason from sales, rests, and is counted the second time', () => {
    const staged = given(
      [asked, { day: 1, name: 'handoff_returned', properties: { reason: 'no budget' } }, { ...asked, day: 35 }],
      40,
    );
    expect(path(staged)).toEqual(['lead 0', 'mql 0', 'recycled 1', 'lead 31', 'mql 35']);
    expect(movesOf(staged)[2]?.reason).toBe('sales gave it back: no budget');
    expect(movesOf(staged).at(-1)).toMatchObject({ visit: 2, from_since: NOON + 31 * DAY });
  });

  test('is disqualified for the reason that a rule gives', () => {
    const staged = given([{ day: 0, name: 'form_submitted', properties: { role: 'student' } }], 1);
    expect(movesOf(staged).at(-1)).toMatchObject({ to_stage: 'disqualified', reason: 'does not fit: is a student' });
  });

  test('tries for 14 days, unless it unsubscribes before', () => {
    expect(path(given([{ day: 0, name: 'trial_started' }], 16))).toEqual(['lead 0', 'trial 0', 'mql 14', 'lead 14']);
    const left = given(
      [
        { day: 0, name: 'trial_started' },
        { day: 3, name: 'unsubscribed' },
      ],
      16,
    );
    expect(path(left)).toEqual(['lead 0', 'trial 0', 'unsubscribed 3']);
  });

  test('falls asleep and is reopened', () => {
    const staged = given([{ day: 0, name: 'form_submitted' }, { day: 100 }], 110);
    expect(path(staged)).toEqual(['lead 0', 'dormant 90', 'reopened 100']);
  });

  test('hears at its next activity of the sale that came along from another lead', () => {
    const staged = given([{ day: 0 }, { day: 1, name: 'deal_won', cause: 'move' }, { day: 2 }], 3);
    expect(path(staged)).toEqual(['lead 0', 'customer 2']);
  });

  test('takes a crawler for no sign of life', () => {
    const crawler = {
      ...NOBODY,
      user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    };
    const staged = given([{ day: 0 }, { day: 80, path: '/pricing', personal: crawler }], 95);
    expect(path(staged)).toEqual(['lead 0', 'dormant 90']);
    expect(staged.every(({ score }) => score === 0)).toBe(true);
  });
});

test('a score that trembles between exit and entry moves the lead once', () => {
  const looks = fc.array(fc.record({ day: fc.integer({ min: 1, max: 20 }) }), { maxLength: 20 });
  fc.assert(
    fc.property(looks, (days) => {
      const visits = days.map(({ day }): Done => ({ day, path: '/blog' }));
      expect(path(given([asked, ...visits], 22))).toEqual(['lead 0', 'mql 0']);
    }),
    { numRuns: 30 },
  );
});

test('one judgement never makes a move twice, and a stage that was left is the one entered before', () => {
  const names = ['trial_started', 'unsubscribed', 'handoff_accepted', 'handoff_returned', 'deal_won', 'page_viewed'];
  const story = fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 120 }), name: fc.constantFrom('appointment_scheduled', ...names) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(story, (done) => {
      const staged = given(
        done.map((one) => ({ ...one, traits: { company_size: 200 } })),
        125,
      );
      for (const { moves } of staged) expect(new Set(moves.map(({ rule }) => rule)).size).toBe(moves.length);
      const entered = new Map<string, number>([['visitor', 1]]);
      let stage = 'visitor';
      let since = movesOf(staged)[0]?.from_since;
      for (const move of movesOf(staged)) {
        expect(move).toMatchObject({ from_stage: stage, from_since: since });
        stage = move.to_stage;
        since = move.at;
        entered.set(stage, (entered.get(stage) ?? 0) + 1);
        expect(move.visit).toBe(entered.get(stage));
      }
    }),
    { numRuns: 30 },
  );
});
