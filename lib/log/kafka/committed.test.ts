import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AbortedTransaction, committedRecords, type FetchedRecord } from '#lib/log/kafka/committed';

/** Somebody writes a record, in the transaction that is open or outside of any, or ends the transaction. */
interface Deed {
  readonly producer: number;
  readonly does: 'write' | 'write alone' | 'commit' | 'abort';
  readonly key: Buffer | null;
}

/** What a broker holds of one partition, and what became of each record. */
interface Written {
  readonly records: readonly FetchedRecord[];
  readonly committed: ReadonlySet<number>;
  readonly aborted: readonly (AbortedTransaction & { readonly marker: number })[];
}

const ABORT_KEY = Buffer.from([0, 0, 0, 0]);
const COMMIT_KEY = Buffer.from([0, 0, 0, 1]);

/** What a client takes for a marker if it looks at keys alone. */
const keys = fc.constantFrom(null, Buffer.from('lead'), ABORT_KEY, COMMIT_KEY, Buffer.alloc(0));

const deeds: fc.Arbitrary<Deed> = fc.record({
  producer: fc.nat(3),
  does: fc.constantFrom('write', 'write', 'write', 'write alone', 'commit', 'abort'),
  key: keys,
});

function written(history: readonly Deed[]): Written {
  const records: FetchedRecord[] = [];
  const committed = new Set<number>();
  const aborted: (AbortedTransaction & { readonly marker: number })[] = [];
  const open = new Map<number, number[]>();
  const add = (producer: number, key: Buffer | null, isControlRecord: boolean, inTransaction: boolean): number => {
    const offset = records.length;
    const batchContext = { producerId: String(producer), inTransaction };
    records.push({ offset: String(offset), key, value: Buffer.from([offset]), isControlRecord, batchContext });
    return offset;
  };
  const settle = (producer: number, own: readonly number[], commits: boolean): void => {
    const marker = add(producer, commits ? COMMIT_KEY : ABORT_KEY, true, true);
    if (commits) for (const offset of own) committed.add(offset);
    else aborted.push({ producerId: String(producer), firstOffset: String(own[0]), marker });
    open.delete(producer);
  };
  for (const { producer, does, key } of history) {
    const own = open.get(producer);
    if (does === 'write alone' && own === undefined) committed.add(add(producer, key, false, false));
    else if (does === 'write') open.set(producer, [...(own ?? []), add(producer, key, false, true)]);
    else if (own !== undefined) settle(producer, own, does === 'commit');
  }
  // readers of committed records are shown nothing behind an open transaction
  for (const [producer, own] of open) settle(producer, own, producer % 2 === 0);
  return { records, committed, aborted };
}

describe('committed records', () => {
  it('are those that were written outside of transactions or in one that was committed, wherever a fetch begins and ends', () => {
    fc.assert(
      fc.property(
        fc.array(deeds, { maxLength: 60 }),
        fc.nat(60),
        fc.nat(5),
        fc.nat(60),
        (history, begin, early, length) => {
          const { records, committed, aborted } = written(history);
          const from = Math.min(begin, records.length);
          // a batch may begin before the offset that was asked for
          const fetched = records.slice(Math.max(0, from - early), from + length);
          const last = Math.min(records.length, from + length);
          const told = aborted.filter(({ firstOffset, marker }) => marker >= from && Number(firstOffset) < last);

          const found = committedRecords(fetched, told.toReversed(), from);

          const expected = records.slice(from, last).filter(({ offset }) => committed.has(Number(offset)));
          expect(found.records.map(({ offset }) => offset)).toEqual(expected.map(({ offset }) => offset));
          expect(found.next).toBe(last);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('leaves out a transaction that began before the fetch, until its marker, while others commit', () => {
    const { records, aborted } = written([
      { producer: 0, does: 'write', key: null },
      { producer: 1, does: 'write', key: ABORT_KEY },
      { producer: 0, does: 'write', key: null },
      { producer: 1, does: 'commit', key: null },
      { producer: 0, does: 'abort', key: null },
      { producer: 0, does: 'write', key: null },
      { producer: 0, does: 'commit', key: null },
    ]);

    const { records: found, next } = committedRecords(records.slice(1), aborted, 1);

    expect(found.map(({ offset }) => offset)).toEqual(['1', '5']);
    expect(next).toBe(7);
  });

  it('asks on from where it began when nothing came', () => {
    expect(committedRecords([], [], 42)).toEqual({ records: [], next: 42 });
  });
});
