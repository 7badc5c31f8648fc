import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputOrder } from '#lib/flow/input-order';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { Placed } from '#lib/flow/place';

/** A record of two partitions: `key` empty for a numbered one, else the lead that was woken. */
function place(at: number, seq: number, key = '', loggedAt = at): Placed {
  return { at, rank: key === '' ? 0 : 1, seq: key === '' ? seq : 0, key, loggedAt };
}

function record(partition: number, offset: number, value: unknown): LogRecord {
  return { topic: 't', partition, offset, key: null, value };
}

function given(partitions: number, offset = 0, cursor = 0) {
  const positions = Array.from({ length: partitions }, (_, partition) => ({
    topic: 't',
    partition,
    position: { offset, cursor },
  }));
  const order = new InputOrder(positions, (value) => value as Placed);
  return {
    order,
    at: () => order.positions().map(({ position }) => position),
    /** Takes and settles all that may be taken. */
    takes(): readonly string[] {
      const taken: string[] = [];
      for (let turn = order.next(); turn !== undefined; turn = order.next()) {
        taken.push(`${turn.record.partition}/${turn.record.offset} at ${turn.now}`);
        order.decided(turn.record, 'settled');
      }
      return taken;
    },
  };
}

describe('whose turn it is', () => {
  test('nobody’s, before every partition shows something', () => {
    const { order, takes } = given(2);
    order.add([record(0, 0, place(5, 1)), record(0, 1, place(6, 3))]);
    expect([takes(), order.isOut, order.missing]).toEqual([[], true, [{ topic: 't', partition: 1 }]]);
    expect([order.wants({ topic: 't', partition: 0 }), order.wants({ topic: 't', partition: 1 })]).toEqual([
      false,
      true,
    ]);
    order.add([record(1, 0, place(5, 2))]);
    expect(takes()).toEqual(['0/0 at 5', '1/0 at 5']);
    expect(order.missing).toEqual([{ topic: 't', partition: 1 }]);
  });

  test('where nothing is there, nobody waits for anybody', () => {
    expect(given(2).order.missing).toEqual([]);
  });

  test('of one time records come by number, then wake-ups by lead', () => {
    const { order, takes } = given(2);
    order.add([record(0, 0, place(5, 4)), record(0, 1, place(5, 9, 'bob', 8)), record(0, 2, place(8, 9))]);
    order.add([record(1, 0, place(5, 3)), record(1, 1, place(5, 9, 'ann', 8)), record(1, 2, place(8, 9))]);
    expect(takes()).toEqual(['1/0 at 5', '0/0 at 5', '1/1 at 8', '0/1 at 8', '0/2 at 8']);
  });

  test('the present of a wake-up is the time of the first record after it, of all partitions', () => {
    const { order, takes } = given(2);
    order.add([record(0, 0, place(5, 9, 'ann', 20)), record(0, 1, place(20, 9))]);
    order.add([record(1, 0, place(7, 8))]);
    expect(takes()).toEqual(['0/0 at 7', '1/0 at 7']);
  });

  test('what cannot be read is come to as soon as it is next in its partition, and goes with no other', () => {
    const { order, takes } = given(2);
    order.add([record(0, 0, place(5, 1)), record(0, 1, new Undecodable(new Uint8Array(), 'broken'))]);
    order.add([record(1, 0, place(6, 2)), record(1, 1, new Undecodable(new Uint8Array(), 'broken'))]);
    expect(takes()).toEqual(['0/0 at 5', '0/1 at 0']);
  });
});

describe('where to go on', () => {
  test('copies of a record for all are one turn and leave all partitions at once', () => {
    const { order, takes, at } = given(3);
    order.add([0, 1, 2].map((partition) => record(partition, 7, place(5, 1))));
    const turn = order.next();
    expect(at().map(({ offset }) => offset)).toEqual([0, 0, 0]);
    if (turn !== undefined) order.decided(turn.record, 'settled');
    expect(at().map(({ offset }) => offset)).toEqual([8, 8, 8]);
    expect(takes()).toEqual([]);
  });

  test('what is read and has not had its turn is read again', () => {
    const { order, takes, at } = given(2);
    order.add([record(0, 0, place(5, 1)), record(0, 1, place(7, 3)), record(1, 0, place(6, 2))]);
    expect(takes()).toHaveLength(2);
    expect(at().map(({ offset }) => offset)).toEqual([1, 1]);
  });

  test('amid an input that takes several decisions, at their number', () => {
    const { order, at } = given(1, 4, 2);
    order.add([record(0, 4, place(5, 1)), record(0, 5, place(6, 2))]);
    const turn = order.next();
    if (turn === undefined) throw new Error('it is its turn');
    order.decided(turn.record, 'more');
    expect([at(), order.next(), order.isOut]).toEqual([[{ offset: 4, cursor: 3 }], turn, false]);
    order.decided(turn.record, 'settled');
    expect([at(), order.next()?.record.offset]).toEqual([[{ offset: 5, cursor: 0 }], 5]);
  });
});

/** Records of some partitions in their order, each partition ending with the same last record for all. */
const streams = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.record({ partition: fc.nat(4), wait: fc.nat(2), kind: fc.constantFrom('one', 'one', 'all', 'wake') }), {
      maxLength: 40,
    }),
  )
  .map(([partitions, steps]) => {
    const all: Placed[][] = Array.from({ length: partitions }, () => []);
    const push = (to: readonly Placed[][], one: Placed) => {
      for (const stream of to) stream.push(one);
    };
    let at = 0;
    for (const [n, { partition, wait, kind }] of steps.entries()) {
      const own = all[partition % partitions] ?? [];
      if (kind === 'wake') push([own], place(at, 0, `lead ${String(n).padStart(3, '0')}`, at + 3));
      at += kind === 'wake' ? 3 : wait;
      push(kind === 'all' ? all : [own], place(at, n + 1));
    }
    push(all, place(at + 9, steps.length + 1));
    return all.map((stream, partition) => stream.map((one, offset) => record(partition, offset, one)));
  });

test('however partitions interleave and wherever it stops, all is taken once, in one order', () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(9)), fc.array(fc.nat(30)), (partitions, interleaving, stops) => {
      const placeOf = ({ value }: LogRecord) => value as Placed;
      let order = new InputOrder(
        partitions.map((_, partition) => ({ topic: 't', partition, position: { offset: 0, cursor: 0 } })),
        (value) => value as Placed,
      );
      const taken: Placed[] = [];
      const next = partitions.map(() => 0);
      const rest = partitions.flatMap((stream, partition) => stream.map(() => partition));
      const stopping = [...stops];
      let until = stopping.shift();
      for (const turn of [...interleaving.map((n) => n % partitions.length), ...rest, ...rest]) {
        const of = partitions[turn]?.[next[turn] ?? 0];
        if (of !== undefined) {
          next[turn] = of.offset + 1;
          order.add([of]);
        }
        for (let now = order.next(); now !== undefined; now = order.next()) {
          taken.push(placeOf(now.record));
          order.decided(now.record, 'settled');
        }
        if (until === undefined || until-- > 0) continue;
        // A crash: it goes on from what was committed.
        until = stopping.shift();
        const positions = order.positions();
        for (const { partition, position } of positions) next[partition] = position.offset;
        order = new InputOrder(positions, (value) => value as Placed);
      }
      for (const [partition, stream] of partitions.entries()) {
        for (const one of stream.slice(next[partition])) order.add([one]);
      }
      for (let now = order.next(); now !== undefined; now = order.next()) {
        taken.push(placeOf(now.record));
        order.decided(now.record, 'settled');
      }
      const everything = new Set(partitions.flat().map(placeOf));
      expect(taken).toHaveLength(everything.size);
      expect(new Set(taken)).toEqual(everything);
      const sorted = taken.toSorted(
        (a, b) => a.at - b.at || a.rank - b.rank || a.seq - b.seq || (a.key < b.key ? -1 : 1),
      );
      expect(taken).toEqual(sorted);
    }),
    { numRuns: 500 },
  );
});
