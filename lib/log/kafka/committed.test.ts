import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { committedBatches } from '#lib/log/kafka/committed';
import type { AbortedTransaction } from '#lib/log/kafka/wire/fetch';
import type { FetchedBatch } from '#lib/log/kafka/wire/fetched-batch';
import { RecordCursor } from '#lib/log/kafka/wire/fetched-record';
import { fetchedBatch } from '#lib/log/kafka/wire/given';

/** Somebody writes a record, in the transaction that is open or outside of any, or ends the transaction. */
interface Deed {
  readonly producer: number;
  readonly does: 'write' | 'write alone' | 'commit' | 'abort';
  readonly keys: readonly (Buffer | null)[];
}

/** What a broker holds of one partition, a batch for each deed, and what became of each record. */
interface Written {
  readonly batches: readonly FetchedBatch[];
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
  keys: fc.array(keys, { minLength: 1, maxLength: 3 }),
});

function written(history: readonly Deed[]): Written {
  const batches: FetchedBatch[] = [];
  let next = 0;
  const committed = new Set<number>();
  const aborted: (AbortedTransaction & { readonly marker: number })[] = [];
  const open = new Map<number, number[]>();
  const add = (producerId: number, keys: readonly (Buffer | null)[], control: boolean, transactional: boolean) => {
    const offset = next;
    batches.push(fetchedBatch(offset, { producerId, transactional, control }, keys));
    next += keys.length;
    return keys.map((_, place) => offset + place);
  };
  const settle = (producer: number, own: readonly number[], commits: boolean): void => {
    const [marker = 0] = add(producer, [commits ? COMMIT_KEY : ABORT_KEY], true, true);
    if (commits) for (const offset of own) committed.add(offset);
    else aborted.push({ producerId: producer, firstOffset: own[0] ?? 0, marker });
    open.delete(producer);
  };
  for (const { producer, does, keys } of history) {
    const own = open.get(producer);
    if (does === 'write alone' && own === undefined) {
      for (const offset of add(producer, keys, false, false)) committed.add(offset);
    } else if (does === 'write') open.set(producer, [...(own ?? []), ...add(producer, keys, false, true)]);
    else if (own !== undefined) settle(producer, own, does === 'commit');
  }
  // readers of committed records are shown nothing behind an open transaction
  for (const [producer, own] of open) settle(producer, own, producer % 2 === 0);
  return { batches, committed, aborted };
}

/** Offsets of what a reader is given. */
function offsetsOf(batches: readonly FetchedBatch[], from: number): number[] {
  return new RecordCursor(batches, from).next(Number.POSITIVE_INFINITY).map(({ offset }) => offset);
}

describe('committed records', () => {
  it('are those that were written outside of transactions or in one that was committed, wherever a fetch begins and ends', () => {
    fc.assert(
      fc.property(
        fc.array(deeds, { maxLength: 60 }),
        fc.nat(60),
        fc.nat(2),
        fc.nat(60),
        (history, begin, within, length) => {
          const { batches, committed, aborted } = written(history);
          const fetched = batches.slice(begin, begin + length);
          const [first, last] = [fetched[0], fetched.at(-1)];
          // a batch may begin before the offset that was asked for
          const from = Math.min((first?.baseOffset ?? 0) + within, first?.lastOffset ?? 0);
          const end = (last?.lastOffset ?? -1) + 1;
          const told = aborted.filter(({ firstOffset, marker }) => marker >= from && firstOffset < end);

          const found = committedBatches(fetched, told.toReversed());

          const asked = Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i);
          expect(offsetsOf(found, from)).toEqual(asked.filter((offset) => committed.has(offset)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('leave out a transaction that began before the fetch, until its marker, while others commit', () => {
    const { batches, aborted } = written([
      { producer: 0, does: 'write', keys: [null] },
      { producer: 1, does: 'write', keys: [ABORT_KEY] },
      { producer: 0, does: 'write', keys: [null] },
      { producer: 1, does: 'commit', keys: [] },
      { producer: 0, does: 'abort', keys: [] },
      { producer: 0, does: 'write', keys: [null] },
      { producer: 0, does: 'commit', keys: [] },
    ]);

    expect(offsetsOf(committedBatches(batches.slice(1), aborted), 1)).toEqual([1, 5]);
  });
});
