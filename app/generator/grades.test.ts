import { expect, test } from 'vitest';
import { generate } from '#app/generator/generate';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import { GRADES, type Grading } from '#lib/model/model';

const compiled = createCompiler()(await readModel('model'));
const grading = compiled.ok ? compiled.model.scoring.grading : undefined;

interface Identified {
  readonly type: string;
  readonly userId?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
}

/** What generated people say of themselves, by user id. */
function peopleOf(leads: number): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  for (const line of generate({ leads, days: 30, seed: 7 })) {
    const { type, userId, traits }: Identified = JSON.parse(line);
    if (type === 'identify' && userId !== undefined && traits !== undefined) people.set(userId, traits);
  }
  return people;
}

function gradeOf({ rules, grades }: Grading, traits: Readonly<Record<string, unknown>>): string {
  const profile = { email: String(traits.email), traits };
  const points = rules.filter(({ matches }) => matches(profile)).reduce((sum, rule) => sum + rule.points, 0);
  return grades.find(({ atLeast }) => points >= atLeast)?.grade ?? 'F';
}

test('generated people bear each trait that the shipped model grades by', () => {
  const people = [...peopleOf(300).values()];
  for (const trait of grading?.traits ?? []) expect(people.every((traits) => traits[trait] !== undefined)).toBe(true);
  expect(grading?.traits.size).toBeGreaterThan(0);
});

test('generated people spread over the grades of the shipped model: none has most of them, and every grade it gives has some', () => {
  if (grading === undefined) throw new Error('the shipped model grades nobody');
  const people = [...peopleOf(2_000).values()];
  const shares = new Map<string, number>();
  for (const traits of people) {
    const grade = gradeOf(grading, traits);
    shares.set(grade, (shares.get(grade) ?? 0) + 1 / people.length);
  }
  const given = GRADES.filter((grade) => grade === 'F' || grading.grades.some((one) => one.grade === grade));
  for (const grade of given) expect(shares.get(grade) ?? 0, grade).toBeGreaterThan(0.01);
  for (const [grade, share] of shares) expect(share, grade).toBeLessThan(0.5);
});
