import { expect, test } from 'vitest';
import { checkModel } from '#app/check/check';
import { createFoldHarness } from '#app/check/folds';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { FILES } from '#lib/model/given';

const harness = createFoldHarness({ compile: createCompiler(), hash: sha256 });

const SCORING = `engine: 4
half_life: 30d
cap: 55
groups:
  - { id: mail, cap: 20 }
rules:
  - { id: viewed, on: page_viewed, points: 10, cap: 15 }
  - { id: clicked, on: email_clicked, group: mail, points: 15 }
  - { id: tried, on: trial_started, points: 40, half_life: none }
  - { id: student, on: form_submitted, disqualifies: is a student, expires_after: 30d }
`;

/** What the tests beside a model with caps say of one story. */
function detailOf(events: string, expected: string): readonly string[] {
  const text = `tests:\n  - { name: it holds, events: [${events}], expect: [${expected}] }\n`;
  const files = { ...FILES, 'scoring.yaml': SCORING };
  const { faults, tests } = checkModel(files, { 'scoring.test.yaml': text }, harness);
  expect(faults).toEqual([]);
  return tests.flatMap(({ detail }) => detail);
}

const view = '{ at: 0d, event: page_viewed }';
const click = (id: string) => `{ at: 0d, event: email_clicked, email_id: ${id} }`;

test('a test of a capped rule expects what the cap leaves, at any age', () => {
  const events = [view, view].join();

  expect(detailOf(events, '{ at: 0d, score: 15 }, { at: 30d, score: 10 }, { at: 60d, score: 5 }')).toEqual([]);
  expect(detailOf(events, '{ at: 0d, score: 20 }')).toEqual(['line 2, at 0d: score expected 20, got 15']);
});

test('caps of a group and of the total are taken too', () => {
  expect(detailOf([click('a'), click('b')].join(), '{ at: 0d, score: 20 }, { at: 30d, score: 15 }')).toEqual([]);
  const all = [view, view, click('a'), click('b'), '{ at: 0d, event: trial_started }'].join();
  expect(detailOf(all, '{ at: 0d, score: 55 }, { at: 60d, score: 52.5 }')).toEqual([]);
});

test('a lead is disqualified for as long as the rule counts', () => {
  const events = '{ at: 0d, event: form_submitted }';

  expect(detailOf(events, '{ at: 30d, disqualified: is a student }, { at: 31d, disqualified: null }')).toEqual([]);
});

test('of a lead without events nothing is told', () => {
  expect(detailOf('', '{ at: 1d, score: 0, disqualified: null, stage: visitor }')).toEqual([]);
});
