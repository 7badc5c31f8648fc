import { activitiesOf, BEGINNING } from '#app/check/activity';
import type { HarnessRun, ModelHarness, TestedModel } from '#app/check/harness';
import type { Expectation, TestCase } from '#app/check/test-file';
import { messageOf } from '#lib/flow/errors';
import { formatDuration } from '#lib/model/duration';

export interface TestResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  /** What was expected and what came instead, a line each; empty if passed. */
  readonly detail: readonly string[];
}

/** Scores are compared to two decimals. */
const EQUAL_WITHIN = 0.005;

/** Runs a test: the lead's story, up to the time of each expectation. `program`: look at its triggers only. */
export function runTest(
  test: TestCase,
  tested: TestedModel,
  harness: ModelHarness,
  program: string | undefined,
): TestResult {
  const { file, line, name } = test;
  const story = harness.begin(tested, activitiesOf(test.events, tested.model));
  const found = new Map<Expectation, readonly string[]>();
  let failure: string | undefined;
  for (const expectation of test.expect.toSorted((a, b) => a.at - b.at)) {
    const until = BEGINNING + expectation.at;
    try {
      if (failure === undefined) found.set(expectation, differences(expectation, story.at(until), until, program));
    } catch (thrown) {
      failure = messageOf(thrown);
    }
    if (failure !== undefined)
      found.set(expectation, [`line ${expectation.line}: the model could not be run: ${failure}`]);
  }
  const detail = test.expect.flatMap((expectation) => found.get(expectation) ?? []);
  return { file, line, name, passed: detail.length === 0, detail };
}

function differences(expected: Expectation, run: HarnessRun, until: number, program: string | undefined): string[] {
  const found: string[] = [];
  const when = `line ${expected.line}, at ${formatDuration(expected.at)}`;
  const compare = (what: string, wanted: string, actual: string) => {
    if (wanted !== actual) found.push(`${when}: ${what} expected ${wanted}, got ${actual}`);
  };
  if (expected.score !== undefined) {
    const actual = run.scoreAt(until);
    const equal = Math.abs(actual - expected.score) < EQUAL_WITHIN;
    if (!equal) compare('score', `${expected.score}`, `${Math.round(actual * 1e4) / 1e4}`);
  }
  if (expected.stage !== undefined) compare('stage', expected.stage, run.stage);
  if (expected.grade !== undefined) compare('grade', expected.grade, run.grade === '' ? 'none' : run.grade);
  if (expected.disqualified !== undefined) {
    compare('disqualified', expected.disqualified ?? 'null', run.disqualified ?? 'null');
  }
  const seen = run.triggers.filter((trigger) => program === undefined || trigger.program === program);
  const nameOf = (trigger: { readonly program: string; readonly step: string }) =>
    program === undefined ? `${trigger.program}/${trigger.step}` : trigger.step;
  if (expected.triggers !== undefined) {
    const sent = seen.filter(({ suppressed_by }) => suppressed_by === null);
    compare('triggers', listed(expected.triggers), listed(sent.map(nameOf)));
  }
  if (expected.suppressed !== undefined) {
    const suppressed = seen.filter(({ suppressed_by }) => suppressed_by !== null);
    compare('suppressed', listed(expected.suppressed), listed(suppressed.map(nameOf)));
  }
  return found;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
