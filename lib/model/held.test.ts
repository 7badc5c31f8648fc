import { expect, test } from 'vitest';
import { asked, type Held, isHeld } from '#lib/model/held';

const FREE: Held = {};

test('a lead that is asked and goes on waits to be told back; who will not be, of an older log, decides on', () => {
  expect(isHeld(asked(FREE, { ends: false, told_back: true }))).toBe(true);
  expect(isHeld(asked(FREE, { ends: false, told_back: false }))).toBe(false);
});

test('a lead that ends decides nothing more, whoever is told', () => {
  for (const told_back of [false, true]) expect(asked(FREE, { ends: true, told_back }).closed).toBe('ending');
});
