import { expect, test } from 'vitest';
import { printCheck } from '#app/check/print';

const PASSED = { file: 'scoring.test.yaml', line: 2, name: 'counts once', passed: true, detail: [] };
const FAILED = {
  file: 'stages.test.yaml',
  line: 9,
  name: 'becomes an MQL',
  passed: false,
  detail: ['line 12, at 2d: stage expected mql, got lead'],
};

test('faults come as file and line, what is wrong, what to do', () => {
  const fault = { file: 'scoring.yaml', line: 8, problem: '`points` is missing', remedy: 'write `points: 10`' };

  expect(printCheck({ model_version: null, faults: [fault], tests: [] })).toBe(
    'scoring.yaml:8 `points` is missing; write `points: 10`\nthe model has faults; its tests were not run (1 fault)\n',
  );
});

test('failed tests are shown, passed ones counted', () => {
  expect(printCheck({ model_version: 'abc', faults: [], tests: [PASSED, FAILED] })).toBe(
    `stages.test.yaml:9 failed: becomes an MQL
  line 12, at 2d: stage expected mql, got lead
model abc: 0 faults, 1 tests passed, 1 failed
`,
  );
});
