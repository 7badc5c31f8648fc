import { describe, expect, test } from 'vitest';
import { FILES, faultsOf } from '#lib/model/given';

const NAMES = ['stages.yaml', 'scoring.yaml', 'programs/guide.yaml'] as const;

/** Every line of a file that `change` alters, as the model with it altered and the line's number. */
function altered(file: string, change: (line: string) => string) {
  const lines = (FILES[file] ?? '').split('\n');
  return lines.flatMap((line, index) => {
    const instead = change(line);
    return instead === line
      ? []
      : [{ line: index + 1, files: { ...FILES, [file]: lines.with(index, instead).join('\n') } }];
  });
}

/** Where the faults of each alteration are, beside where they should be. */
function toldOf(file: string, change: (line: string) => string) {
  const cases = altered(file, change);
  expect(cases.length).toBeGreaterThan(0);
  return {
    told: cases.map(({ files }) => faultsOf(files).map((fault) => [fault.file, fault.line])),
    right: cases.map(({ line }) => [[file, line]]),
  };
}

describe.each(NAMES)('%s', (file) => {
  test('a tab in place of an indentation is one fault, in its line', () => {
    const { told, right } = toldOf(file, (line) => line.replace(/^ {2}/, '\t'));
    expect(told).toEqual(right);
  });

  test('a bracket that is never closed is one fault, in the line that opens it', () => {
    const { told, right } = toldOf(file, (line) => (/[[{]/.test(line) ? line.replace(/[}\]]\s*$/, '') : line));
    expect(told).toEqual(right);
  });
});

test('a tab is told as what it is', () => {
  const [first] = altered('stages.yaml', (line) => line.replace(/^ {4}/, '\t'));
  expect(faultsOf(first?.files ?? {})).toEqual([
    { file: 'stages.yaml', line: 6, problem: 'a tab indents this line', remedy: 'indent with spaces' },
  ]);
});

test('keys that are there twice are told each', () => {
  const text = `${FILES['routing.yaml']}reason: again\non_stage: lead\n`;
  expect(faultsOf({ ...FILES, 'routing.yaml': text })).toHaveLength(2);
});
