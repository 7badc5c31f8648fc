import { z } from 'zod';
import { readEntries, valueAt } from '#lib/model/entries';
import { fitCondition, identifier } from '#lib/model/fields';
import { read } from '#lib/model/issues';
import { GRADES, type Grade, type Grading } from '#lib/model/model';
import { reportPointless } from '#lib/model/rules';
import type { Source } from '#lib/model/source';

/** Grades that points give; F is what is left. */
const GIVEN = ['A', 'B', 'C', 'D', 'E'] as const satisfies readonly Grade[];

const thresholds = z.strictObject({
  A: z.number().optional(),
  B: z.number().optional(),
  C: z.number().optional(),
  D: z.number().optional(),
  E: z.number().optional(),
});

/** A rule of `grade`. */
export const fitRuleSchema = z.strictObject({
  id: identifier,
  where: fitCondition,
  points: z.number().optional(),
  disqualifies: z.string().min(1).optional(),
});

/** `grade` in scoring.yaml. */
export const gradeSchema = z.strictObject({ grades: thresholds, rules: z.array(z.unknown()).min(1) });

const EXAMPLES = {
  grades: 'grades: { A: 40, B: 20, C: 0 }',
  rules: 'rules:',
  id: 'id: large_company',
  where: 'where: lead.traits.company_size >= 50',
  points: 'points: 20',
  disqualifies: 'disqualifies: works at a competitor',
  ...Object.fromEntries(GIVEN.map((grade, index) => [grade, `${grade}: ${40 - 20 * index}`])),
};

/** `grade`: how interesting a lead is. undefined if the file has none, or none that can be read. */
export function readGrade(source: Source): Grading | undefined {
  const written = valueAt(source.data, 'grade');
  if (written === undefined) return undefined;
  const file = read(source, ['grade'], written, gradeSchema, EXAMPLES);
  const inside: Source = {
    ...source,
    data: written,
    lineOf: (path, within) => source.lineOf(['grade', ...path], within),
    report: (path, problem, remedy, within) => source.report(['grade', ...path], problem, remedy, within),
  };
  const entries = readEntries(inside, 'rules', fitRuleSchema, EXAMPLES);
  for (const { value, index } of entries) {
    if (value.disqualifies !== undefined || value.points !== 0) continue;
    inside.report(
      ['rules', index, 'points'],
      'the rule gives no points',
      'write a number other than 0, or remove the rule',
    );
  }
  reportPointless(inside, 'rules');
  if (file === undefined) return undefined;
  const grades = gradesOf(inside, file.grades);
  const rules = entries.map(({ value: { id, where, points = 0, disqualifies } }) => {
    return { id, points, disqualifies, matches: where.matches };
  });
  return { rules, grades, traits: new Set(entries.flatMap(({ value }) => value.where.traits)) };
}

function gradesOf(source: Source, written: z.output<typeof thresholds>): Grading['grades'] {
  const grades = GIVEN.flatMap((grade) => {
    const atLeast = written[grade];
    return atLeast === undefined ? [] : [{ grade, atLeast }];
  });
  if (grades.length === 0) {
    source.report(['grades'], '`grades` names no grade', `write \`${EXAMPLES.grades}\``);
  }
  grades.forEach(({ grade, atLeast }, index) => {
    const better = grades[index - 1];
    if (better === undefined || better.atLeast > atLeast) return;
    const problem = `grade ${grade} asks for ${atLeast} points, and ${better.grade} for ${better.atLeast}`;
    source.report(['grades', grade], problem, `give ${grade} fewer points than ${better.grade}`);
  });
  return grades;
}

/** A letter from A to F, in stages and tests. */
export const gradeLetter = z.enum(GRADES);
