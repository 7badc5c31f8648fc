import { describe, expect, it } from 'vitest';
import { type Lot, RecentRecords, RecentSpace } from '#lib/log/embedded/recent';

function records(from: number, count: number) {
  return Array.from({ length: count }, (_, n) => ({
    topic: 't',
    partition: 0,
    offset: from + n,
    key: null,
    value: from + n,
  }));
}

/** A commit of them, which take so many bytes. */
function lot(from: number, count: number, bytes: number): Lot {
  return { first: from, count, bytes, read: () => records(from, count) };
}

/** A partition with a reader at its beginning. */
function followed(space: RecentSpace): RecentRecords {
  const recent = new RecentRecords(space);
  recent.follow(0);
  return recent;
}

describe('recent records', () => {
  it('are held up to the capacity, the newest of them', () => {
    const recent = followed(new RecentSpace(1000));
    for (let from = 0; from < 100_000; from += 10) recent.append(lot(from, 10, 100));

    expect(recent.from(99_899, 1)).toBeUndefined();
    expect(recent.from(99_900, 1000)).toEqual(records(99_900, 100));
    expect(recent.from(100_000, 1)).toBeUndefined();
    expect(recent.bytes).toBe(1000);
  });

  it('are given from any offset and at most as many as asked for', () => {
    const recent = followed(new RecentSpace(1000));
    recent.append(lot(5, 3, 30));
    recent.append(lot(8, 1, 10));
    recent.append(lot(9, 6, 60));

    for (let offset = 5; offset < 15; offset++) {
      for (const limit of [1, 2, 5, 20]) {
        expect(recent.from(offset, limit)).toEqual(records(offset, Math.min(limit, 15 - offset)));
      }
    }
    expect(recent.from(4, 1)).toBeUndefined();
  });

  it('that do not follow the last ones replace all', () => {
    const recent = followed(new RecentSpace(1000));
    recent.append(lot(0, 3, 30));
    recent.append(lot(7, 2, 20));

    expect(recent.from(0, 1)).toBeUndefined();
    expect(recent.from(7, 5)).toEqual(records(7, 2));
    expect(recent.bytes).toBe(20);
  });

  it('a batch larger than the capacity is not held', () => {
    const recent = followed(new RecentSpace(1000));
    recent.append(lot(0, 3, 30));
    recent.append(lot(3, 100, 2000));

    expect(recent.from(0, 1)).toBeUndefined();
    expect(recent.from(3, 1)).toBeUndefined();
    recent.append(lot(103, 1, 10));
    expect(recent.from(103, 1)).toEqual(records(103, 1));
  });

  it('are let go when the slowest follower has passed them', () => {
    const recent = new RecentRecords(new RecentSpace(1000));
    const slow = recent.follow(0);
    const fast = recent.follow(0);
    recent.append(lot(0, 10, 100));
    recent.append(lot(10, 10, 100));

    fast.movedTo(20);
    expect(recent.from(0, 20)).toEqual(records(0, 20));
    slow.movedTo(12);
    expect(recent.from(9, 1)).toBeUndefined();
    expect(recent.from(12, 20)).toEqual(records(12, 8));
    slow.leave();
    expect(recent.bytes).toBe(0);
  });

  it('are unpacked once, and only if somebody reads them', () => {
    const recent = followed(new RecentSpace(1000));
    let unpacked = 0;
    for (const first of [0, 10]) {
      const read = () => {
        unpacked++;
        return records(first, 10);
      };
      recent.append({ first, count: 10, bytes: 100, read });
    }

    expect(unpacked).toBe(0);
    expect(recent.from(10, 5)).toEqual(records(10, 5));
    expect(recent.from(12, 10)).toEqual(records(12, 8));
    expect(unpacked).toBe(1);
  });

  it('are not held for nobody', () => {
    const recent = new RecentRecords(new RecentSpace(1000));
    recent.append(lot(0, 10, 100));
    expect(recent.bytes).toBe(0);
  });

  it('of several partitions share one space: the one that holds most gives way', () => {
    const space = new RecentSpace(1000);
    const busy = followed(space);
    const quiet = followed(space);
    quiet.append(lot(0, 10, 100));
    for (let from = 0; from < 1000; from += 10) busy.append(lot(from, 10, 100));

    expect(quiet.from(0, 10)).toEqual(records(0, 10));
    expect(busy.bytes).toBe(900);
  });
});
