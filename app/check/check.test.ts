import { expect, test } from 'vitest';
import { BEGINNING } from '#app/check/activity';
import { checkModel, isClean } from '#app/check/check';
import { createFakeHarness } from '#app/check/given';
import { edited, FILES } from '#lib/model/given';

const DAY = 86_400_000;

/** Checks the small model with one test in one file. */
function checkTest(text: string, file = 'scoring.test.yaml') {
  return checkModel(FILES, { [file]: `tests:\n  - name: it holds\n${text}` }, createFakeHarness());
}

test('a test that holds passes', () => {
  const result = checkTest(`    events:
      - { at: 0d, event: page_viewed }
      - { at: 1d, event: page_viewed }
      - { at: 2d, event: page_viewed }
    expect:
      - { at: 1d, score: 2, stage: lead }
      - { at: 2d, score: 3.004, stage: mql }
`);

  expect(result.tests).toEqual([{ file: 'scoring.test.yaml', line: 2, name: 'it holds', passed: true, detail: [] }]);
  expect(isClean(result)).toBe(true);
});

test('a test that does not hold fails, with what was expected and what came', () => {
  const result = checkTest(`    events:
      - { at: 0d, event: page_viewed }
    expect:
      - { at: 0d, score: 1 }
      - { at: 36h, score: 0.99, stage: mql, triggers: [guide/guide] }
`);

  expect(result.tests[0]?.passed).toBe(false);
  expect(result.tests[0]?.detail).toEqual([
    'line 7, at 36h: score expected 0.99, got 1',
    'line 7, at 36h: stage expected mql, got lead',
    'line 7, at 36h: triggers expected guide/guide, got none',
  ]);
  expect(isClean(result)).toBe(false);
});

test('sent and suppressed triggers are told apart, by program and step', () => {
  const result = checkTest(`    events:
      - { at: 0d, event: asset_downloaded, asset_type: white_paper, known: false }
    expect:
      - { at: 0d, triggers: [alert/alert], suppressed: [guide/guide] }
      - { at: 0d, triggers: [], suppressed: [] }
`);

  expect(result.tests[0]?.detail).toEqual([
    'line 7, at 0d: triggers expected none, got alert/alert',
    'line 7, at 0d: suppressed expected none, got guide/guide',
  ]);
});

test('a test beside a program looks at that program only', () => {
  const text = `    events:
      - { at: 0d, event: asset_downloaded, asset_type: white_paper }
    expect:
      - { at: 0d, triggers: [guide] }
`;

  expect(isClean(checkTest(text, 'programs/guide.test.yaml'))).toBe(true);
});

test('events become activities of one lead: fields, properties and times; later ones are not told', () => {
  const harness = createFakeHarness();
  const text = `tests:
  - name: it holds
    events:
      - { at: 1d, event: demo_requested, seats: 10, source: newsletter, properties: { at: noon } }
      - { at: 0d, event: page_viewed, url: "https://example.com/pricing?a=1", known: false }
      - { at: 3d, event: page_viewed }
    expect:
      - { at: 2d, score: 2 }
`;

  const result = checkModel(FILES, { 'scoring.test.yaml': text }, harness);

  expect(result.tests[0]?.detail).toEqual([]);
  expect(harness.asked).toHaveLength(1);
  expect(harness.asked[0]?.until).toBe(BEGINNING + 2 * DAY);
  expect(harness.asked[0]?.activities).toMatchObject([
    { name: 'page_viewed', known: false, occurred_at: BEGINNING, path: '/pricing', personal: { email: null } },
    { name: 'demo_requested', known: true, logged_at: BEGINNING + DAY, source: 'newsletter', path: null },
  ]);
  expect(harness.asked[0]?.activities[1]?.properties).toBe('{"seats":10,"at":"noon"}');
});

test('a model that cannot be run fails its test, and the others go on', () => {
  const result = checkModel(
    FILES,
    {
      'scoring.test.yaml': `tests:
  - { name: breaks, events: [{ at: 0d, event: breaks }], expect: [{ at: 0d, score: 1 }] }
  - { name: holds, events: [], expect: [{ at: 0d, score: 0 }] }
`,
    },
    createFakeHarness(),
  );

  expect(result.tests.map(({ passed }) => passed)).toEqual([false, true]);
  expect(result.tests[0]?.detail).toEqual(['line 2: the model could not be run: out of order']);
});

test('a model with faults is not run', () => {
  const harness = createFakeHarness();
  const files = edited('scoring.yaml', 'points: 10', 'points: ten');

  const result = checkModel(files, { 'scoring.test.yaml': 'tests:\n  - name: x\n    events: []\n' }, harness);

  expect(result.model_version).toBeNull();
  expect(result.tests).toEqual([]);
  expect(harness.asked).toEqual([]);
  expect(result.faults.map(({ file, line }) => `${file}:${line}`)).toEqual(['scoring.yaml:7', 'scoring.test.yaml:2']);
});

// biome-ignore format: a table, a line each
test.each([
  ['an unknown key', '    events: []\n    expct: []\n    expect: [{ at: 0d, score: 0 }]\n', 4, 'unknown key `expct`', 'did you mean `expect`?'],
  ['a test that expects nothing', '    events: []\n    expect: []\n', 4, '`expect` is empty', 'write `expect:`'],
  ['an expectation of nothing', '    events: []\n    expect:\n      - { at: 0d }\n', 5, 'this expects nothing', 'add score, stage, grade, disqualified, triggers or suppressed'],
  ['a misspelt stage', '    events: []\n    expect:\n      - { at: 0d, stage: mlq }\n', 5, 'there is no stage mlq', 'did you mean mql?'],
  ['a misspelt step', '    events: []\n    expect:\n      - { at: 0d, triggers: [guide/giude] }\n', 5, 'there is no step guide/giude', 'did you mean guide/guide?'],
  ['a time without unit', '    events: []\n    expect:\n      - { at: 3, score: 0 }\n', 5, '`at` is 3, not a duration', 'write a number with its unit, like 30d, 24h or 90m'],
  ['a misspelt behaviour', '    events:\n      - { at: 0d, event: email_opned }\n    expect: [{ at: 0d, score: 0 }]\n', 4, 'email_opned is not a standard behaviour', 'did you mean email_opened?'],
  ['a misspelt field', '    events:\n      - { at: 0d, event: page_viewed, pathh: / }\n    expect: [{ at: 0d, score: 1 }]\n', 4, '`pathh` is not a field of an event', 'did you mean path?'],
  ['a misspelt property', '    events:\n      - { at: 0d, event: email_opened, emial_id: a }\n    expect: [{ at: 0d, score: 1 }]\n', 4, 'emial_id is not a property of email_opened', 'did you mean email_id?'],
  ['a path that is no text', '    events:\n      - { at: 0d, event: page_viewed, path: 3 }\n    expect: [{ at: 0d, score: 1 }]\n', 4, '`path` is 3, not a text', 'give a text'],
])('%s in a test file is a fault', (_, text, line, problem, remedy) => {
  const { faults } = checkTest(text);

  expect(faults).toEqual([{ file: 'scoring.test.yaml', line, problem, remedy }]);
});

test('a test file beside no program, and one that is not YAML, are faults', () => {
  const tests = { 'programs/giude.test.yaml': 'tests: []', 'stages.test.yaml': 'tests: "x' };

  const { faults } = checkModel(FILES, tests, createFakeHarness());

  expect(faults.map(({ file, line, problem }) => [file, line, problem])).toEqual([
    ['programs/giude.test.yaml', 1, 'there is no program giude'],
    ['stages.test.yaml', 1, 'not valid YAML: Missing closing "quote'],
  ]);
});

test('what an event says of the person, and how late, is told as it was', () => {
  const harness = createFakeHarness();
  const text = `tests:
  - name: it holds
    events:
      - { at: 1d, late: 3d, event: page_viewed, email: Ada@Rival.com, traits: { company_size: 50 }, user_agent: curl/8, ip: 203.0.113.9 }
      - { at: 2d, event: is_rival }
    expect:
      - { at: 3d, grade: F, disqualified: works at a competitor }
      - { at: 4d, grade: A, disqualified: null }
`;

  const { tests, faults } = checkModel(FILES, { 'scoring.test.yaml': text }, harness);

  expect(faults).toEqual([]);
  expect(tests[0]?.detail).toEqual(['line 8, at 4d: disqualified expected null, got works at a competitor']);
  expect(harness.asked.map(({ activities }) => activities.map(({ name }) => name))).toEqual([
    ['is_rival'],
    ['is_rival', 'page_viewed'],
  ]);
  expect(harness.asked[1]?.activities[1]).toMatchObject({
    occurred_at: BEGINNING + DAY,
    logged_at: BEGINNING + 4 * DAY,
    personal: { email: 'ada@rival.com', traits: '{"company_size":50}', user_agent: 'curl/8', ip: '203.0.113.9' },
  });
});
