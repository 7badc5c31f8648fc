import { expect, test } from 'vitest';
import { readingStatement } from '#lib/clickhouse/statement';

test.each([
  'SELECT 1',
  '  select 1 ; ',
  '-- a comment; with a semicolon\nSELECT \'a;b\', "x;y" /* ; */',
  'WITH a AS (SELECT 1) SELECT * FROM a',
  '((SELECT 1)) UNION ALL (SELECT 2)',
  'show tables',
  'DESCRIBE leads',
  'EXPLAIN SELECT 1',
  "SELECT 'INTO OUTFILE'",
])('%s reads', (sql) => {
  expect(() => readingStatement(sql)).not.toThrow();
});

test.each([
  ['', 'the statement is empty'],
  ['-- nothing', 'the statement is empty'],
  ['SET readonly = 0', 'SET is not allowed here'],
  ['USE system', 'USE is not allowed here'],
  ['SYSTEM STOP MERGES', 'SYSTEM is not allowed here'],
  ['DROP TABLE leads', 'DROP is not allowed here'],
  ['/* SELECT */ INSERT INTO leads_rows VALUES (1)', 'INSERT is not allowed here'],
  ['SELECT 1; DROP TABLE leads_rows', 'only one statement at a time'],
  ["SELECT 1 INTO OUTFILE 'x'", 'INTO OUTFILE is not allowed'],
])('%s is refused', (sql, reason) => {
  expect(() => readingStatement(sql)).toThrow(reason);
});

test('a format of its own is found at the end', () => {
  expect(readingStatement('SELECT 1 FORMAT JSON;').format).toBe('JSON');
  expect(readingStatement("SELECT 'FORMAT JSON' AS format").format).toBeUndefined();
});
