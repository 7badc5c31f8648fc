import { expect, test } from 'vitest';
import { createCompiler } from '#lib/model/compile';
import { versionOf } from '#lib/model/files';
import { edited, FILES, modelOf, subject } from '#lib/model/given';

const DAY = 86_400_000;

test('a model is named by its files, and compiled once', () => {
  const compile = createCompiler();

  const first = compile(FILES);

  expect(first.ok && first.model.version).toBe(versionOf(FILES));
  expect(first.ok && first.model.engine).toBe(4);
  expect(compile(FILES)).toBe(first);
  expect(compile({ ...FILES })).toBe(first);
  expect(compile(edited('routing.yaml', 'Ada Berg', 'Ada B.'))).not.toBe(first);
});

test('a compiler that keeps one model compiles the other again, with the same answer', () => {
  const compile = createCompiler(1);
  const first = compile({ ...FILES });
  compile(edited('routing.yaml', 'Ada Berg', 'Ada B.'));

  const again = compile({ ...FILES });

  expect(again).not.toBe(first);
  expect(again.ok && first.ok && again.model.version === first.model.version).toBe(true);
});

test('rules are found by the behaviour they start from, by id, and by what answers them', () => {
  const { scoring } = modelOf(FILES);
  const ids = (rules: readonly { readonly id: string }[]) => rules.map(({ id }) => id);

  expect(ids(scoring.rulesFor('page_viewed'))).toEqual(['pricing_page_viewed']);
  expect(ids(scoring.rulesFor('email_sent'))).toEqual(['email_not_opened']);
  expect(ids(scoring.rulesFor('demo_requested'))).toEqual([]);
  expect(ids(scoring.answersFor('email_opened'))).toEqual(['email_not_opened']);
  expect(ids(scoring.answersFor('email_sent'))).toEqual([]);
  expect(scoring.rule('email_opened')?.points).toBe(5);
  expect(scoring.rule('constructor')).toBeUndefined();
});

test('a rule has its points, its half-life or the usual one, and its condition', () => {
  const { scoring } = modelOf(FILES);
  const rule = scoring.rule('pricing_page_viewed');

  expect(rule).toMatchObject({
    on: 'page_viewed',
    points: 10,
    halfLife: 30 * DAY,
    oncePer: undefined,
    absence: undefined,
  });
  expect(rule?.matches(subject({ path: '/pricing' }))).toBe(true);
  expect(rule?.matches(subject({ path: '/' }))).toBe(false);
  expect(scoring.rule('email_opened')?.halfLife).toBe(Number.POSITIVE_INFINITY);
  expect(scoring.rule('email_not_opened')?.halfLife).toBe(5_400_000);
});

test('without any half-life points do not fade', () => {
  const { scoring } = modelOf(edited('scoring.yaml', 'half_life: 30d\n', ''));

  expect(scoring.rule('pricing_page_viewed')?.halfLife).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [{ email_id: 'news-1' }, 'news-1'],
  [{ email_id: 7 }, '7'],
  [{ email_id: '' }, undefined],
  [{ email_id: null }, undefined],
  [{ email_id: ['news-1'] }, undefined],
  [{}, undefined],
])('activities with the properties %o count once per key %s', (properties, key) => {
  const { scoring } = modelOf(FILES);

  expect(scoring.rule('email_opened')?.oncePer?.(subject({}, properties))).toBe(key);
  expect(scoring.rule('email_not_opened')?.absence?.same(subject({}, properties))).toBe(key);
});

test('an absence names its answer and how long it waits', () => {
  const { scoring } = modelOf(FILES);

  expect(scoring.rule('email_not_opened')?.absence).toMatchObject({
    answeredBy: new Set(['email_opened']),
    within: 7 * DAY,
  });
});

test('the ladder has its moves in order, each with its conditions', () => {
  const { initial, moves } = modelOf(FILES).stages;

  expect(initial).toBe('visitor');
  expect(moves.map(({ id, from, to, when }) => [id, [...from], to, ...when.map(({ kind }) => kind)])).toEqual([
    ['identified', ['visitor'], 'lead', 'identified'],
    ['qualified', ['lead'], 'mql', 'score'],
    ['asked', ['lead'], 'mql', 'behaviour'],
    ['asleep', ['lead', 'mql'], 'dormant', 'quiet'],
    ['reopened', ['dormant'], 'lead', 'active'],
  ]);
  expect(moves[1]).toMatchObject({ reason: 'score of 50 or more', when: [{ atLeast: 50 }] });
  expect(moves[3]?.when).toEqual([{ kind: 'quiet', forMs: 90 * DAY }]);
});

test('a move on behaviours asks for one of them and its condition', () => {
  const when = modelOf(FILES).stages.moves[2]?.when[0];

  expect(when?.kind === 'behaviour' && [...when.names]).toEqual(['demo_requested', 'form_submitted']);
  expect(when?.kind === 'behaviour' && when.matches(subject({}, { seats: 10 }))).toBe(true);
  expect(when?.kind === 'behaviour' && when.matches(subject({}, { seats: 9.5 }))).toBe(false);
});

test('everything is the lead’s own doing but what is listed', () => {
  const { isOwn } = modelOf(FILES).stages;

  expect(['page_viewed', 'coffee_cup_filled', 'email_sent'].map(isOwn)).toEqual([true, true, false]);
});

test('programs are named by their files', () => {
  const [alert, guide] = modelOf(FILES).programs;

  expect(alert).toMatchObject({ id: 'alert', enter: { kind: 'stage', stage: 'mql' }, reentryAfter: 0 });
  expect(guide).toMatchObject({
    id: 'guide',
    name: 'Guide',
    enter: { kind: 'behaviour', name: 'page_viewed', count: 3, within: 7 * DAY },
    reentryAfter: Number.POSITIVE_INFINITY,
    steps: [
      { id: 'guide', after: 0, maxLateness: DAY, channel: 'mail', template: 'guide', topic: undefined },
      { id: 'call', after: 2 * DAY, maxLateness: DAY / 2, channel: 'alert', template: 'call', topic: undefined },
    ],
  });
  expect([...(guide?.audience ?? [])]).toEqual(['lead', 'mql']);
  expect([...(guide?.exitOn ?? [])]).toEqual(['unsubscribed']);
  expect(guide?.enter.kind === 'behaviour' && guide.enter.matches(subject({ path: '/pricing' }))).toBe(true);
});

test('a program may do without exits and counts once unless told', () => {
  const once = edited('programs/guide.yaml', '  times: 3\n  within: 7d\n', '');

  expect(modelOf(once).programs[1]?.enter).toMatchObject({ count: 1, within: 0 });
  expect(modelOf(once).programs[0]?.exitOn.size).toBe(0);
});

test('leads go to the reps in the order of the file', () => {
  const { onStage, reason, reps } = modelOf(FILES).routing;

  expect([onStage, reason]).toEqual(['mql', 'became an MQL']);
  expect(reps).toEqual([
    { id: 'ada', name: 'Ada Berg', email: 'ada@example.com' },
    { id: 'mei', name: 'Mei Tanaka', email: 'mei@example.com' },
  ]);
});
