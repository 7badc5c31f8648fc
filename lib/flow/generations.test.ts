import { expect, test } from 'vitest';
import { Generations } from '#lib/flow/generations';

test('what is used again and again stays, what is not is forgotten, and nothing before it may be', () => {
  const values = new Generations<number>(10);
  values.set('often', 1);
  for (let n = 0; n < 100; n++) values.set(`once ${n}`, n);
  expect(values.get('once 0')).toBe(0);

  for (let round = 0; round < 5; round++) {
    values.age();
    expect(values.get('often')).toBe(1);
    for (let n = 0; n < 10; n++) values.set(`${round} ${n}`, n);
  }
  expect(values.get('once 99')).toBeUndefined();
  expect(values.get('4 9')).toBe(9);
});

test('fewer than its size are never forgotten', () => {
  const values = new Generations<number>(10);
  for (let n = 0; n < 9; n++) values.set(`${n}`, n);
  for (let times = 0; times < 5; times++) values.age();
  expect(values.get('0')).toBe(0);
});
