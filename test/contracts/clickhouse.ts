import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouse } from '#lib/clickhouse/client';
import { migrate } from '#lib/clickhouse/migrate';

/** A ClickHouse with an empty database. */
export interface ClickHouseHarness {
  open(): Promise<ClickHouse>;
  dispose(): Promise<void>;
}

/** By a right that the user lacks, or settings that keep it reading. */
const REFUSED = /Not enough privileges|readonly mode/;

/** The whole answer as text. */
export async function answerOf(clickhouse: ClickHouse, sql: string, format = 'TabSeparatedWithNames'): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of clickhouse.query(sql, format)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What every ClickHouse does, embedded or on a server. */
export function clickHouseContract(name: string, createHarness: () => Promise<ClickHouseHarness>): void {
  describe(`${name} keeps the contract of ClickHouse`, () => {
    let harness: ClickHouseHarness;
    let clickhouse: ClickHouse;
    const answer = (sql: string, format?: string) => answerOf(clickhouse, sql, format);

    beforeAll(async () => {
      harness = await createHarness();
      clickhouse = await harness.open();
      await migrate(clickhouse);
      await clickhouse.command('CREATE TABLE numbered (n UInt64, name String) ENGINE = MergeTree ORDER BY n');
      await clickhouse.insert(
        'numbered',
        ['n', 'name'],
        [
          [1, 'one'],
          [2, 'two'],
        ],
      );
    });

    afterAll(async () => {
      await clickhouse?.close();
      await harness?.dispose();
    });

    describe('migrations', () => {
      test('run once', async () => {
        expect(await migrate(clickhouse)).toEqual([]);
      });

      test('make what analysts read', async () => {
        const names = (await answer('SHOW TABLES', 'TabSeparated')).split('\n');
        expect(names).toEqual(
          expect.arrayContaining(
            'activities score_changes stage_changes leads triggers handoffs dead_letters funnel funnel_counters'.split(
              ' ',
            ),
          ),
        );
      });

      test('one that was cut short runs again', async () => {
        await clickhouse.command(
          "ALTER TABLE migrations DELETE WHERE name = '001_facts.sql' SETTINGS mutations_sync = 2",
        );
        expect(await migrate(clickhouse)).toEqual(['001_facts.sql']);
      });
    });

    describe("users' statements", () => {
      test('are answered in the format asked for', async () => {
        expect(await answer('SELECT * FROM numbered WHERE n < 3 ORDER BY n')).toBe('n\tname\n1\tone\n2\ttwo\n');
        expect(await answer('SELECT n FROM numbered WHERE n < 3 ORDER BY n', 'JSONEachRow')).toBe('{"n":1}\n{"n":2}\n');
        expect(JSON.parse(await answer('SELECT n FROM numbered WHERE n < 3', 'JSON'))).toMatchObject({ rows: 2 });
      });

      test('an answer without rows has its header', async () => {
        expect(await answer('SELECT n FROM numbered WHERE n > 5')).toBe('n\n');
      });

      test('a long answer is complete and has one header', async () => {
        const lines = (await answer('SELECT number AS n FROM numbers(300000)')).trimEnd().split('\n');
        expect(lines).toHaveLength(300_001);
        expect([lines[0], lines[1], lines.at(-1)]).toEqual(['n', '0', '299999']);
      });

      test('a format in the statement itself is the one that is used', async () => {
        expect(await answer('SELECT n FROM numbered WHERE n < 3 ORDER BY n FORMAT CSV')).toBe('1\n2\n');
        expect(JSON.parse(await answer('SELECT number FROM numbers(100000) FORMAT JSON'))).toMatchObject({
          rows: 100_000,
        });
      });

      test('the same answer is the same bytes', async () => {
        expect(await answer('SELECT n FROM numbered WHERE n < 3', 'JSON')).not.toContain('elapsed');
      });

      test('an answer need not be read to its end', async () => {
        for await (const piece of clickhouse.query('SELECT * FROM numbers(1000000)', 'TabSeparated')) {
          expect(piece.length).toBeGreaterThan(0);
          break;
        }
        expect(await answer('SELECT 1', 'TabSeparated')).toBe('1\n');
      });

      test.each([
        ['', /[Ee]mpty query/],
        ['SELEC 1', 'Syntax error: failed at position'],
        ['SELECT 1 FRM x y', 'Syntax error: failed at position'],
        ['SELECT 1; DROP TABLE numbered', /Multi-statements are not allowed/],
        ['SELECT * FROM nowhere', "Unknown table expression identifier 'nowhere'"],
        ['SELECT nothing FROM numbered', 'Unknown expression identifier `nothing`'],
        ['WITH a AS (SELECT 1 AS n) INSERT INTO numbered (n) SELECT n FROM a', REFUSED],
        ["INSERT INTO numbered VALUES (9, 'nine')", REFUSED],
        ['DROP TABLE numbered', REFUSED],
        ['SYSTEM STOP MERGES numbered', REFUSED],
        ['KILL QUERY WHERE 1', REFUSED],
        ["SELECT 1 INTO OUTFILE '/tmp/leadstream-outfile'", 'INTO OUTFILE is not allowed'],
        ["SELECT * FROM file('/etc/hostname', 'LineAsString')", REFUSED],
        ["SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", REFUSED],
        ['SELECT 1 SETTINGS readonly = 0', 'readonly mode'],
        ['SELECT 1 SETTINGS max_execution_time = 0', /readonly mode|shouldn't be less/],
        ['SELECT throwIf(number = 70000) FROM numbers(100000)', 'throwIf'],
      ])('%s fails in one plain line', async (sql, reason) => {
        const failed = answer(sql);
        await expect(failed).rejects.toThrow(reason);
        await expect(failed).rejects.toMatchObject({
          name: 'SqlError',
          message: expect.not.stringMatching(/\n|DB::Exception|Expected one of|\(version/),
        });
        expect(await clickhouse.rows('SELECT count() AS rows FROM numbered WHERE n < 3')).toEqual([{ rows: 2 }]);
      });

      test('an unknown format is named', async () => {
        await expect(answer('SELECT 1', 'Nope')).rejects.toThrow('Unknown format Nope');
        await expect(answer('SELECT 1', 'TSV; DROP')).rejects.toThrow('not the name of a format');
      });

      test('what a failed one had printed is not in the next answer', async () => {
        await expect(answer('SELECT number, throwIf(number = 70000) FROM numbers(100000)', 'JSON')).rejects.toThrow(
          'throwIf',
        );
        expect(await answer('SELECT 1', 'TabSeparated')).toBe('1\n');
        await expect(clickhouse.rows('SELECT throwIf(1)')).rejects.toThrow('throwIf');
        expect(await clickhouse.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
      });

      test('neither the project nor inserts wait for a long one', async () => {
        let over = false;
        const long = answer('SELECT sum(sipHash64(number)) FROM numbers(100000000)').then(() => {
          over = true;
        });
        await clickhouse.insert('numbered', ['n', 'name'], [[3, 'three']]);
        expect(await clickhouse.rows('SELECT count() AS n FROM numbered')).toEqual([{ n: 3 }]);
        expect(over).toBe(false);
        await long;
      });
    });

    test('our own reads have parameters', async () => {
      expect(await clickhouse.rows('SELECT {text:String} AS text', { text: "it's {} \\" })).toEqual([
        { text: "it's {} \\" },
      ]);
    });

    test('rows that do not fit their table are no outage', async () => {
      const wrong = clickhouse.insert('numbered', ['n'], [['x']]);
      await expect(wrong).rejects.toMatchObject({ name: 'SqlError' });
      await expect(wrong).rejects.toThrow('ClickHouse refuses rows of numbered');
      await expect(clickhouse.insert('nowhere', ['n'], [[1]])).rejects.toThrow(/Table \w+\.nowhere does not exist/);
    });
  });
}
