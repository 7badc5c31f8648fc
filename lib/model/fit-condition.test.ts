import { expect, test } from 'vitest';
import { compileFitCondition } from '#lib/model/fit-condition';

function holds(text: string, traits: Readonly<Record<string, unknown>>, email = ''): boolean {
  const condition = compileFitCondition(text);
  if (!condition.ok) throw new Error(condition.problem);
  return condition.matches({ email, traits });
}

test.each([
  ['lead.traits.size >= 50', false],
  ['!(lead.traits.size >= 50)', false],
  ['lead.traits.title.startsWith("C")', false],
  ['lead.email == "a@b.c" && lead.traits.size >= 50', false],
  ['lead.traits.size >= 50 || lead.email == "a@b.c"', true],
  ['!has(lead.traits.size)', true],
  ['has(lead.traits.size) ? lead.traits.size >= 50 : true', true],
  ['!has(lead.traits.size) || lead.traits.size < 50', true],
  ['["x", "y"].exists(one, has(lead.traits.size) || one == "y")', true],
])('of a person whose traits are not known, %s is %s', (text, expected) => {
  expect(holds(text, {}, 'a@b.c')).toBe(expected);
});

test('a trait that is known is asked, whatever else is not', () => {
  expect(holds('lead.traits.size >= 50', { size: 60 })).toBe(true);
  expect(holds('lead.traits.size >= 50', { size: 'many' })).toBe(false);
  expect(holds('lead.traits.size >= 50 && lead.traits.title == "CTO"', { size: 60 })).toBe(false);
});
