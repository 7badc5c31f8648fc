import { expect, test } from 'vitest';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { outage } from '#lib/flow/errors';

type Insert = readonly [table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]];

/** A database that takes each insert when told to. */
function database() {
  const inserts: Insert[] = [];
  const waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  return {
    inserts,
    insert: (...insert: Insert) => {
      inserts.push(insert);
      return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    answer: async (error?: Error) => {
      const next = waiting.shift();
      if (error === undefined) next?.resolve();
      else next?.reject(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const fact = (id: number) => ({ table: 'facts', row: { id, name: `n${id}` } });
const lead = (id: string, score: number) => ({ table: 'leads', key: id, row: { id, score } });

test('rows go to their tables, of rows with one key only the last', async () => {
  const db = database();
  const done = createClickHouseSink(db).write([fact(1), lead('a', 1), fact(2), lead('b', 1), lead('a', 2)]);
  await db.answer();
  await db.answer();
  await done;
  expect(db.inserts).toEqual([
    [
      'facts',
      ['id', 'name'],
      [
        [1, 'n1'],
        [2, 'n2'],
      ],
    ],
    [
      'leads',
      ['id', 'score'],
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
  ]);
});

test('writes that come during an insert go together into the next', async () => {
  const db = database();
  const sink = createClickHouseSink(db);
  const first = sink.write([fact(1)]);
  const others = Promise.all([sink.write([fact(2)]), sink.write([fact(3)])]);
  await db.answer();
  await first;
  await db.answer();
  await others;
  expect(db.inserts.map(([, , rows]) => rows.length)).toEqual([1, 2]);
});

test('an outage rejects the writes it concerns; later ones are tried', async () => {
  const db = database();
  const sink = createClickHouseSink(db);
  const failing = expect(sink.write([fact(1)])).rejects.toMatchObject({ code: 'outage', retriable: true });
  const later = sink.write([fact(2)]);
  await db.answer(outage('ClickHouse cannot insert into facts', new Error('disk full')));
  await failing;
  await db.answer();
  await later;
});

test('nothing to write is nothing to insert', async () => {
  const db = database();
  await createClickHouseSink(db).write([]);
  expect(db.inserts).toEqual([]);
});
