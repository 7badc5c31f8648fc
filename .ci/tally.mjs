import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

// Adds up what the steps of .ci/run reported in a folder, names what failed, and prints `N passed, N failed` as its
// last line: of a long log the end is what is kept.

const LINES_OF_A_FAILURE = 30;
const folder = process.argv[2] ?? '.';

function read(file) {
  try {
    return readFileSync(`${folder}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Passed and failed tests of vitest's JSON report; a file that did not load is one failure. */
function countTests(report) {
  const files = report.testResults ?? [];
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed));
  const failures = [
    ...broken.map((file) => ({ name: file.name, why: file.message })),
    ...files.flatMap((file) =>
      file.assertionResults
        .filter(isFailed)
        .map((test) => ({ name: `${file.name}: ${test.fullName}`, why: test.failureMessages[0] ?? '' })),
    ),
  ];
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, failures };
}

function isFailed(test) {
  return test.status === 'failed';
}

/** A report that says itself what passed and failed. */
function countTold(report) {
  return report;
}

/** A step that failed without naming a test has failed once; one that reported nothing has too. */
function countStep(name, count) {
  const code = Number(read(`${name}.code`) ?? 1);
  const text = read(`${name}.json`);
  if (count === undefined) return { passed: 0, failed: code === 0 ? 0 : 1 };
  if (text === undefined) return { passed: 0, failed: 1 };
  const { passed, failed, failures } = count(JSON.parse(text));
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed, failures };
}

const steps = [
  ['install', undefined],
  ['chromium', undefined],
  ['java', undefined],
  ['tests', countTests],
  ['browser', countTests],
  ['kafka', countTests],
  ['benches', countTold],
  ['simulation', undefined],
  ['checks', countTold],
];
const counted = steps.map(([name, count]) => ({ name, ...countStep(name, count) }));
// A step that names no failures has printed them as it went.
for (const { name, passed, failed, failures = [] } of counted) {
  if (failed === 0) continue;
  for (const { name: test, why } of failures) {
    const lines = why.split('\n').slice(0, LINES_OF_A_FAILURE);
    process.stdout.write(`failed: ${relative(process.cwd(), test)}\n${lines.map((line) => `    ${line}\n`).join('')}`);
  }
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed\n`);
}
const passed = counted.reduce((sum, step) => sum + step.passed, 0);
const failed = counted.reduce((sum, step) => sum + step.failed, 0);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
