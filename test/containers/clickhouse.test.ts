import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { migrate } from '#lib/clickhouse/migrate';
import { connectClickHouse } from '#lib/clickhouse/server';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { answerOf, clickHouseContract } from '#test/contracts/clickhouse';

/** A database that nobody else has. */
function ownDatabase() {
  return { ...inject('containers').clickhouse, database: `test_${randomUUID().slice(0, 8)}` };
}

clickHouseContract('a ClickHouse server', async () => {
  const options = ownDatabase();
  return {
    open: () => connectClickHouse(options),
    async dispose() {
      const clickhouse = await connectClickHouse(options);
      await clickhouse.command(`DROP DATABASE ${options.database} SYNC`);
      await clickhouse.close();
    },
  };
});

describe('a ClickHouse server', () => {
  test('is prepared by many instances that start at once', async () => {
    const options = ownDatabase();
    const instances = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const clickhouse = await connectClickHouse(options);
        await migrate(clickhouse);
        return clickhouse;
      }),
    );
    const [first] = instances;
    expect(await first?.rows('SELECT toUInt32(count()) AS stages FROM funnel')).toEqual([{ stages: 0 }]);
    for (const clickhouse of instances) await clickhouse.close();
  });

  test('has an acknowledged row for every other connection, and a repeated one once', async () => {
    const options = ownDatabase();
    const [writing, reading] = await Promise.all([connectClickHouse(options), connectClickHouse(options)]);
    await migrate(writing);
    const row = { partition: 0, day_number: 1, name: 'page_viewed', activities: 3, changes: 1 };
    const sink = createClickHouseSink(writing);
    for (let times = 0; times < 2; times++) await sink.write([{ table: 'activity_counters_rows', row }]);
    expect(await reading.rows('SELECT activities FROM activity_counters')).toEqual([{ activities: 3 }]);
    await Promise.all([writing.close(), reading.close()]);
  });

  test('tells a wrong password from an outage', async () => {
    await expect(connectClickHouse({ ...ownDatabase(), password: 'wrong' })).rejects.toMatchObject({
      code: 'denied',
      retriable: false,
    });
  });

  test('tells an exception behind many rows from rows', async () => {
    const clickhouse = await connectClickHouse(ownDatabase());
    const failing = answerOf(clickhouse, 'SELECT number, throwIf(number = 5000000) FROM numbers(6000000)', 'TSV');
    await expect(failing).rejects.toMatchObject({ name: 'SqlError', message: expect.stringContaining('throwIf') });
    await clickhouse.close();
  });

  test('ends a statement whose answer is left', async () => {
    const clickhouse = await connectClickHouse(ownDatabase());
    const endless = `SELECT number, '${randomUUID()}' FROM system.numbers`;
    for await (const piece of clickhouse.query(endless, 'TSV')) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    const running = () =>
      clickhouse.rows('SELECT query FROM system.processes WHERE query = {endless:String}', { endless });
    await expect.poll(running, { timeout: 20_000 }).toEqual([]);
    await clickhouse.close();
  });
});
