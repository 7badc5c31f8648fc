import { describe, expect, test } from 'vitest';
import { Undecodable } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';
import { createHandoffDecider } from '#services/handoff/decide';
import { applied, compile, createDesk, enters, files, inputs, NOON, stays, tick } from '#services/handoff/given';
import { stageMove } from '#test/given/model';

const TWO_REPS = files('v1', ['amy', 'ben']);

function given(...values: Parameters<typeof inputs>[1]) {
  const desk = createDesk(2);
  desk.decides(...inputs(0, values));
  return desk;
}

const reps = (desk: ReturnType<typeof given>) => desk.handoffs().map((handoff) => handoff.rep);

describe('who is handed off', () => {
  test('a lead that enters the routing’s stage, with its story, in its own partition', () => {
    const contributions = [
      { event_id: 'e1', rule: 'pricing', model_version: 'v1', occurred_at: NOON, raw: 10, points: 10, capped: 0 },
    ];
    const story = {
      activities: [{ event_id: 'e1', name: 'page_viewed', occurred_at: NOON, what: '/pricing' }],
      contributions,
    };
    const desk = createDesk(2);
    desk.decides(
      ...inputs(1, [applied(1, TWO_REPS), enters('ada', { story, at: NOON - 5, cause_id: 'e1', score: 52 })]),
    );
    const [handoff] = desk.outgoing().slice(2);
    expect(handoff).toMatchObject({ topic: TOPICS.handoffs, partition: 1, key: 'ada' });
    expect(desk.handoffs()).toEqual([
      {
        handoff_id: '["ada","quiet e1"]',
        handoff_seq: 2,
        logged_at: NOON,
        lead_id: 'ada',
        rep: 'amy',
        reason: 'ready for sales',
        at: NOON - 5,
        cause_id: 'e1',
        score: 52,
        input_partition: 1,
        input_offset: 1,
        suppressed_by: null,
        story,
        personal: { email: null, user_id: null, anonymous_id: null, traits: '{}', ip: null, user_agent: null },
      },
    ]);
  });

  test('nobody who stays, or enters another stage, or before a model routes', () => {
    const desk = given(
      enters('early'),
      applied(1, TWO_REPS),
      stays('a', { stage_after: 'mql' }),
      enters('b', {}, 'lead'),
      tick(5),
    );
    expect(desk.handoffs()).toEqual([]);
  });

  test('passing through the stage is entering it', () => {
    const moves = ['mql', 'sql'].map((to_stage) => stageMove({ from_stage: 'lead', to_stage, reason: 'r', at: NOON }));
    expect(reps(given(applied(1, TWO_REPS), enters('ada', { moves, stage_after: 'sql' })))).toEqual(['amy']);
  });

  test('entering again later is another handoff, to whoever knows the lead, out of turn', () => {
    const again = [enters('ada', { cause_id: 'e1' }), enters('ada', { cause_id: 'e2' }), enters('bob')];
    const desk = given(applied(1, TWO_REPS), ...again);
    expect(desk.handoffs().map((handoff) => [handoff.handoff_id, handoff.rep])).toEqual([
      ['["ada","quiet e1"]', 'amy'],
      ['["ada","quiet e2"]', 'amy'],
      [expect.anything(), 'ben'],
    ]);
  });

  test('a record without a story hands off an empty one', () => {
    const [handoff] = given(applied(1, TWO_REPS), enters('ada')).handoffs();
    expect(handoff?.story).toEqual({ activities: [], contributions: [] });
  });
});

describe('whose turn it is', () => {
  test('representatives take turns in the model’s order', () => {
    const leads = ['a', 'b', 'c'].map((lead) => enters(lead));
    expect(reps(given(applied(1, TWO_REPS), ...leads))).toEqual(['amy', 'ben', 'amy']);
  });

  test('a historic one is recorded as suppressed, names a representative and takes a turn', () => {
    const desk = given(applied(1, TWO_REPS), enters('a', { historic: true }), enters('b'));
    expect(desk.handoffs().map((handoff) => [handoff.rep, handoff.suppressed_by])).toEqual([
      ['amy', 'historic'],
      ['ben', null],
    ]);
  });

  test('a new model goes on after the last one named, or begins anew where that one has left', () => {
    const three = files('v2', ['amy', 'cleo', 'ben']);
    const others = files('v3', ['dan', 'eve']);
    const desk = given(
      applied(1, TWO_REPS),
      enters('a'),
      applied(2, three),
      enters('b'),
      applied(3, others),
      enters('c'),
    );
    expect(reps(desk)).toEqual(['amy', 'cleo', 'dan']);
  });

  test('without representatives a handoff is recorded as suppressed', () => {
    const desk = given(applied(1, files('v1', [])), enters('a'), enters('b', { historic: true }));
    expect(desk.handoffs().map((handoff) => [handoff.rep, handoff.suppressed_by])).toEqual([
      ['', 'no_rep'],
      ['', 'historic'],
    ]);
  });
});

describe('the model that routes', () => {
  test('is written once, to all partitions, though it comes from each of them', () => {
    const desk = createDesk(2);
    const [first] = inputs(0, [applied(1, TWO_REPS)]);
    const [second] = inputs(1, [applied(1, TWO_REPS)]);
    if (first === undefined || second === undefined) throw new Error('no input');
    desk.decides(first, second);
    expect(desk.outgoing().map(({ partition, key }) => [partition, key])).toEqual([
      [0, null],
      [1, null],
    ]);
    expect(desk.outputs()).toMatchObject([
      { type: 'ModelApplied', value: { seq: 1, model_version: 'v1', files: TWO_REPS } },
    ]);
  });

  test('is not replaced by a slower partition’s copy of an older one', () => {
    const desk = createDesk(2);
    desk.decides(...inputs(0, [applied(1, TWO_REPS), applied(2, files('v2', ['zoe'], 'sql'))]));
    desk.decides(...inputs(1, [applied(1, TWO_REPS), enters('a'), enters('b', {}, 'sql')]));
    expect(desk.handoffs().map((handoff) => [handoff.lead_id, handoff.rep])).toEqual([['b', 'zoe']]);
  });

  test('can come back: the same files submitted again are a newer model', () => {
    const desk = given(applied(1, TWO_REPS), applied(2, files('v2', ['zoe'])), applied(3, TWO_REPS), enters('a'));
    expect(reps(desk)).toEqual(['amy']);
  });

  test('stops the task with the reason if this code cannot read it', () => {
    const unreadable = { version: 'v9' };
    expect(() => given(applied(1, unreadable), enters('a'))).toThrow(
      'model v9 is not understood: routing.yaml:2 no stage; upgrade this instance',
    );
  });
});

describe('time and order', () => {
  test('outputs are numbered from 1 without gaps, the model’s record included', () => {
    const desk = given(applied(1, TWO_REPS), enters('a'), tick(5), applied(2, files('v2', ['zoe'])), enters('b'));
    expect(
      desk.outputs().map(({ type, value }) => [type, type === 'ModelApplied' ? value.seq : value.handoff_seq]),
    ).toEqual([
      ['ModelApplied', 1],
      ['Handoff', 2],
      ['ModelApplied', 3],
      ['Handoff', 4],
    ]);
  });

  test('logged time never goes back where a slower partition follows a faster one', () => {
    const desk = createDesk(2);
    desk.decides(...inputs(0, [applied(1, TWO_REPS, NOON), enters('a', { logged_at: NOON + 9, at: NOON + 9 })]));
    desk.decides(...inputs(1, [applied(1, TWO_REPS, NOON), enters('b', { logged_at: NOON + 2, at: NOON + 2 })]));
    expect(desk.handoffs().map((handoff) => [handoff.logged_at, handoff.at])).toEqual([
      [NOON + 9, NOON + 9],
      [NOON + 9, NOON + 2],
    ]);
  });

  test('time alone brings nothing', () => {
    const decider = createHandoffDecider({ hash: (text) => text, compile });
    expect(decider.tick({ get: () => undefined, range: () => [], reverseRange: () => [] }, NOON)).toEqual([]);
  });
});

test('an unreadable record of a kept topic stops the task and says which', () => {
  const decider = createHandoffDecider({ hash: (text) => text, compile });
  const value = new Undecodable(new Uint8Array(), 'unknown schema');
  const input = { topic: TOPICS.stages, partition: 3, offset: 17, key: null, value };
  expect(() => decider.undecodable(input, value, NOON)).toThrow(
    expect.objectContaining({
      code: 'undecodable',
      retriable: false,
      message: expect.stringContaining('lead.stages partition 3 offset 17 cannot be read: unknown schema'),
    }),
  );
});
