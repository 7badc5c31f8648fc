import { describe, expect, test } from 'vitest';
import { ADA, DAY, HOUR, mail, pricing, program, toMql } from '#services/trigger/given';
import { createWorld, given } from '#services/trigger/world';
import { NOON } from '#test/given/activity';

describe('entry by behaviour', () => {
  test('a step without delay is triggered by the activity itself', () => {
    const world = given({});
    world.does({ event_id: 'paper', occurred_at: NOON });
    expect(world.triggers()).toEqual([
      {
        trigger_id: JSON.stringify(['ada', 'papers', 'v1', 'case_study', 'activity site paper']),
        seq: 2,
        step_no: 0,
        logged_at: NOON,
        lead_id: 'ada',
        program: 'papers',
        model_version: 'v1',
        step: 'case_study',
        channel: 'mail',
        template: 'case_study.html',
        at: NOON,
        cause_id: 'paper',
        suppressed_by: null,
        personal: ADA,
        due_at: null,
      },
    ]);
  });

  test('another behaviour, or one that the condition refuses, enters nothing', () => {
    const world = given({ enter: pricing(1, 0) });
    world.does({ name: 'asset_downloaded' });
    world.does({ name: 'page_viewed', path: '/blog' });
    expect(world.triggers()).toEqual([]);
    expect(world.remembers('ada')).toBe(false);
  });

  test('a condition sees the properties', () => {
    const world = given({
      enter: {
        kind: 'behaviour',
        name: 'asset_downloaded',
        matches: ({ properties }) => properties.asset_type === 'white_paper',
        count: 1,
        within: 0,
      },
    });
    world.does({ properties: '{"asset_type":"checklist"}' });
    expect(world.steps()).toEqual([]);
    world.does({ properties: '{"asset_type":"white_paper"}' });
    expect(world.steps()).toEqual(['case_study']);
  });

  test('nothing triggers before a model was applied', () => {
    const world = createWorld({ v1: [program()] });
    world.does({});
    expect(world.triggers()).toEqual([]);
  });

  test('a visitor enters nothing and is not remembered', () => {
    const world = given({ audience: new Set(['visitor']) }, { id: 'prices', enter: pricing(3, DAY) });
    world.does({ known: false }, { known: false, stage_after: 'visitor' });
    world.does({ name: 'page_viewed', path: '/pricing' }, { known: false, stage_after: 'visitor' });
    expect(world.triggers()).toEqual([]);
    expect(world.remembers('ada')).toBe(false);
  });

  test('who is no longer known enters nothing, whatever is remembered', () => {
    const world = given({});
    world.does({ name: 'unsubscribed', event_id: 'u' });
    world.does({}, { known: false });
    expect(world.triggers()).toEqual([]);
  });

  test('who is not in the audience after the activity does not enter', () => {
    const world = given({});
    world.does({}, { stage_after: 'customer' });
    expect(world.triggers()).toEqual([]);
  });

  test('several programs entered at once number their triggers in the model’s order', () => {
    const world = given({ id: 'a' }, { id: 'b', steps: [mail('one', 0), mail('two', 0)] });
    world.does({});
    expect(world.triggers().map(({ program: id, step, step_no }) => [id, step, step_no])).toEqual([
      ['a', 'case_study', 0],
      ['b', 'one', 1],
      ['b', 'two', 2],
    ]);
  });
});

describe('entry by stage', () => {
  const alert = { enter: { kind: 'stage' as const, stage: 'mql' }, steps: [mail('call', 0, { channel: 'alert' })] };

  test('entering the stage enters the program, by an activity or by time alone', () => {
    const world = given(alert);
    world.does({ name: 'page_viewed' }, toMql);
    world.record({ lead_id: 'bob', cause_id: 'quiet@1', ...toMql });
    expect(world.triggers().map((trigger) => [trigger.lead_id, trigger.cause_id])).toEqual([
      ['ada', 'e1'],
      ['bob', 'quiet@1'],
    ]);
  });

  test('being in the stage, or moving at a moved activity, enters nothing', () => {
    const world = given(alert);
    world.does({ name: 'page_viewed' }, { stage_before: 'mql', stage_after: 'mql' });
    world.does({ name: 'page_viewed', cause: 'move' }, toMql);
    expect(world.triggers()).toEqual([]);
  });

  test('a stage that is passed through out of the audience enters nothing', () => {
    const world = given(alert);
    world.does({}, { ...toMql, stage_after: 'customer' });
    expect(world.triggers()).toEqual([]);
  });
});

describe('the model of an entry', () => {
  test('a program in flight keeps its version; new entries use the new one', () => {
    const world = createWorld({
      v1: [program({ steps: [mail('old', DAY)] })],
      v2: [program({ steps: [mail('new', DAY)] })],
      v3: [],
    });
    world.applies('v1', NOON);
    world.does({ occurred_at: NOON });
    world.applies('v2', NOON + 1);
    world.does({ occurred_at: NOON + 2 }, { lead_id: 'bob' });
    world.applies('v3', NOON + 3);
    world.does({ occurred_at: NOON + 4 }, { lead_id: 'cleo' });
    world.passes(NOON + 2 * DAY);
    expect(world.triggers().map(({ lead_id, step, model_version }) => [lead_id, step, model_version])).toEqual([
      ['ada', 'old', 'v1'],
      ['bob', 'new', 'v2'],
    ]);
  });

  test('a model that this code cannot read stops the task with the reason', () => {
    const world = createWorld({ v1: [] });
    world.applies('v9', NOON);
    expect(() => world.does({})).toThrow('model v9 is not understood: version:1 unknown v9; upgrade this instance');
  });
});

describe('entering again', () => {
  const again = (reentryAfter: number) => given({ reentryAfter, steps: [mail('one', 0), mail('two', DAY)] });

  test('not while in the program', () => {
    const world = again(0);
    world.does({ occurred_at: NOON });
    world.does({ event_id: 'e2', occurred_at: NOON + HOUR });
    expect(world.steps()).toEqual(['one']);
  });

  test('only long enough after the last entry', () => {
    const world = again(10 * DAY);
    world.does({ occurred_at: NOON });
    world.passes(NOON + 2 * DAY);
    world.does({ event_id: 'e2', occurred_at: NOON + 10 * DAY - 1 });
    expect(world.steps()).toEqual(['one', 'two']);
    world.does({ event_id: 'e3', occurred_at: NOON + 10 * DAY });
    expect(world.steps()).toEqual(['one', 'two', 'one']);
  });

  test('never, where the program says so', () => {
    const world = again(Number.POSITIVE_INFINITY);
    world.does({ occurred_at: NOON });
    world.passes(NOON + 2 * DAY);
    world.does({ event_id: 'e2', occurred_at: NOON + 4000 * DAY });
    expect(world.steps()).toEqual(['one', 'two']);
  });
});
