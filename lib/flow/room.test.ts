import { expect, test } from 'vitest';
import { Room } from '#lib/flow/room';

test('who is alone may have it all', () => {
  const share = new Room(100).share();
  share.used = 30;
  expect(share.limit).toBe(100);
});

test('each may have an equal part, and what the others leave', () => {
  const room = new Room(100);
  const [small, large] = [room.share(), room.share()];
  small.used = 10;
  large.used = 60;
  expect(large.limit).toBe(90);
  expect(small.limit).toBe(50);

  large.used = 90;
  expect(small.limit).toBe(50);
  small.used = 50;
  expect(large.limit).toBe(50);
});

test('who leaves takes what it held along', () => {
  const room = new Room(100);
  const [one, other] = [room.share(), room.share()];
  one.used = 80;
  one.leave();
  expect(other.limit).toBe(100);
});
