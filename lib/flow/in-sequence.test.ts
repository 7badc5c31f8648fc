import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InSequence } from '#lib/flow/in-sequence';
import type { Log, LogRecord, Outgoing } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import { createMemoryLog } from '#lib/log/memory/log';

const TOPIC = 'spread';
const PARTITIONS = 3;

interface Numbered {
  readonly seq: number | undefined;
  readonly copy: number;
}

/** What one writer wrote under one number: to a partition, or to all of them. */
const writes = fc.array(fc.oneof(fc.nat(PARTITIONS - 1), fc.constant('all' as const)), { minLength: 1, maxLength: 40 });

function recordsOf(written: readonly (number | 'all')[]): Outgoing<Numbered>[] {
  return written.flatMap((to, i) => {
    const places = to === 'all' ? Array.from({ length: PARTITIONS }, (_, partition) => partition) : [to];
    return places.map((partition, copy) => ({ topic: TOPIC, partition, key: null, value: { seq: i + 1, copy } }));
  });
}

const seqOf = (value: unknown): number | undefined => (value as Numbered).seq;

function at(offsets: readonly number[]): InputPosition[] {
  return offsets.map((offset, partition) => ({ topic: TOPIC, partition, position: { offset, cursor: 0 } }));
}

function emptyLog(): Log {
  return createMemoryLog({ partitions: { [TOPIC]: PARTITIONS } });
}

async function take(records: InSequence, count: number): Promise<LogRecord[]> {
  const taken: LogRecord[] = [];
  const signal = AbortSignal.timeout(10_000);
  while (taken.length < count && !signal.aborted) taken.push(...(await records.next(signal)));
  return taken;
}

describe('what one writer has spread over partitions', () => {
  it('comes in its order, copies at any time after the first, each record once, whichever partition shows its records first', async () => {
    await fc.assert(
      fc.asyncProperty(
        writes,
        fc.array(fc.nat(PARTITIONS - 1), { maxLength: 60 }),
        fc.boolean(),
        async (written, order, reading) => {
          const log = emptyLog();
          const records = recordsOf(written);
          const sequence = new InSequence(log, at([0, 0, 0]), seqOf, 0);
          const taken = reading ? take(sequence, records.length) : undefined;
          const waiting = Array.from({ length: PARTITIONS }, (_, partition) =>
            records.filter((record) => record.partition === partition),
          );
          for (const partition of order) {
            const next = waiting[partition]?.shift();
            if (next !== undefined) await log.publish([next]);
            await new Promise((resolve) => setImmediate(resolve));
          }
          for (const rest of waiting) await log.publish(rest);

          const all = await (taken ?? take(sequence, records.length));

          const seqs = all.map(({ value }) => seqOf(value));
          expect([...new Set(seqs)]).toEqual(written.map((_, i) => i + 1));
          const places = all.map(({ partition, offset }) => `${partition} ${offset}`);
          expect(new Set(places).size).toBe(records.length);
          await sequence.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('goes on from the positions and the number that are known', async () => {
    const log = emptyLog();
    const records = recordsOf([0, 1, 'all', 2, 0]);
    await log.publish(records);
    // 0, 1 and the copies of 3 in the first two partitions
    const sequence = new InSequence(log, at([2, 2, 0]), seqOf, 3);
    const rest = await take(sequence, 3);
    expect(rest.map(({ partition, value }) => [partition, seqOf(value)])).toEqual([
      [2, 3],
      [2, 4],
      [0, 5],
    ]);
    await sequence.close();
  });

  it('waits for a record that its partition does not show yet', async () => {
    const log = emptyLog();
    const [first, second, third] = recordsOf([0, 1, 0]);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were written');
    await log.publish([first, third]);
    const sequence = new InSequence(log, at([0, 0, 0]), seqOf, 0);
    expect(await take(sequence, 1)).toMatchObject([{ value: { seq: 1 } }]);
    let more: readonly LogRecord[] | undefined;
    const waiting = sequence.next(AbortSignal.timeout(10_000)).then((records) => {
      more = records;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(more).toBeUndefined();

    await log.publish([second]);
    await waiting;

    expect(
      [...(more ?? []), ...(await take(sequence, 2 - (more?.length ?? 0)))].map(({ value }) => seqOf(value)),
    ).toEqual([2, 3]);
    await sequence.close();
  });

  it('passes records without a number where they stand', async () => {
    const log = emptyLog();
    const unnumbered = { topic: TOPIC, partition: 1, key: null, value: { seq: undefined, copy: 0 } };
    await log.publish([unnumbered, ...recordsOf([1]), unnumbered]);
    const sequence = new InSequence(log, at([0, 0, 0]), seqOf, 0);
    expect((await take(sequence, 3)).map(({ value }) => seqOf(value))).toEqual([undefined, 1, undefined]);
    await sequence.close();
  });

  it('gives nothing and ends when it is told to stop', async () => {
    const sequence = new InSequence(emptyLog(), at([0, 0, 0]), seqOf, 0);
    const stop = new AbortController();
    const next = sequence.next(stop.signal);
    stop.abort();
    expect(await next).toEqual([]);
    await sequence.close();
  });
});
