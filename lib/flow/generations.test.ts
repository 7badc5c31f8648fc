import { expect, test } from 'vitest';
import { Generations } from '#lib/flow/generations';
import { Room } from '#lib/flow/room';

const one = (weight = 1) => ({ weight });

test('what is used again and again stays, what is not is forgotten, and nothing before it may be', () => {
  const values = new Generations(new Room(20).share());
  values.add('often', one());
  for (let n = 0; n < 100; n++) values.add(`once ${n}`, one());
  expect(values.get('once 0')).toBeDefined();

  for (let round = 0; round < 5; round++) {
    values.age();
    expect(values.get('often')).toBeDefined();
    for (let n = 0; n < 10; n++) values.add(`${round} ${n}`, one());
  }
  expect(values.get('once 99')).toBeUndefined();
  expect(values.get('4 9')).toBeDefined();
});

test('what fits into half of the room is never forgotten', () => {
  const values = new Generations(new Room(20).share());
  for (let n = 0; n < 9; n++) values.add(`${n}`, one());
  for (let times = 0; times < 5; times++) values.age();
  expect(values.get('0')).toBeDefined();
});

test('values count by their weight, which may change', () => {
  const share = new Room(20).share();
  const values = new Generations(share);
  const grows = one();
  values.add('grows', grows);
  values.reweigh(grows, 15);
  expect(share.used).toBe(15);
  values.age();
  values.add('large', one(12));
  values.age();
  expect(values.get('grows')).toBeUndefined();
  expect(share.used).toBe(12);
});

test('what is deleted does not come back, of whatever age it is', () => {
  const share = new Room(2).share();
  const values = new Generations(share);
  values.add('a', one());
  values.age();
  values.delete('a');
  expect(values.get('a')).toBeUndefined();
  expect(share.used).toBe(0);
});
