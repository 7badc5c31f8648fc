import { describe, expect, test } from 'vitest';
import { type Answer, done, hangUp, impostor, refusal, scouted } from '#lib/clickhouse/given';
import { connectClickHouse } from '#lib/clickhouse/server';

const AUTHENTICATION = refusal(516, 'AUTHENTICATION_FAILED', 'x: Authentication failed: password is incorrect');

async function firstPiece(answer: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const piece of answer) return Buffer.from(piece).toString();
  return '';
}

async function whole(answer: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of answer) text += Buffer.from(piece).toString();
  return text;
}

describe('connecting', () => {
  test('a server that is not there is an outage that names the URL, never the password', async () => {
    const { message, retriable } = await connectClickHouse({ url: 'http://ann:secret@127.0.0.1:1' }).then(
      () => expect.fail('connected'),
      (error) => error,
    );
    expect(retriable).toBe(true);
    expect(message).toBe('cannot reach ClickHouse at http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1');
  });

  test.each(['ftp://ann:secret@host', 'host:8123', 'http://host:8123/?user=ann', ''])(
    '%s is no address, and its password stays untold',
    async (url) => {
      const connecting = connectClickHouse({ url });
      await expect(connecting).rejects.toThrow('is not an address of ClickHouse: write http://host:8123');
      await expect(connecting).rejects.not.toThrow('secret');
    },
  );

  test('a user that is not let in is no outage', async () => {
    const { url } = await impostor({ 'system.databases': AUTHENTICATION });
    await expect(connectClickHouse({ url, user: 'ann', password: 'secret' })).rejects.toMatchObject({
      code: 'denied',
      retriable: false,
      message: `ClickHouse at ${url} does not let user ann in: correct the user or the password`,
    });
  });

  test('a user that may only read is refused at once', async () => {
    const { url } = await impostor({ 'system.databases': scouted(1, 1) });
    await expect(connectClickHouse({ url })).rejects.toMatchObject({ code: 'denied', retriable: false });
  });

  test('a database that is missing is made', async () => {
    const { url, asked } = await impostor({ 'system.databases': scouted(0) });
    await (await connectClickHouse({ url, database: 'marketing' })).close();
    expect(asked.map(({ sql }) => sql)).toContain('CREATE DATABASE IF NOT EXISTS marketing');
  });

  test('one that cannot be made is named, with what to do', async () => {
    const { url } = await impostor({
      'system.databases': scouted(0),
      CREATE: refusal(497, 'ACCESS_DENIED', 'ann: Not enough privileges'),
    });
    await expect(connectClickHouse({ url, user: 'ann', database: 'marketing' })).rejects.toMatchObject({
      code: 'missing',
      retriable: false,
      message: expect.stringMatching(/has no database marketing that user ann may use.*create it, or grant/),
    });
  });

  test('user and password may stand in the URL', async () => {
    const { url, asked } = await impostor();
    await (await connectClickHouse({ url: url.replace('//', '//ann:p%40ss@') })).close();
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
  });

  test.each(['a b', '1st', 'x;DROP'])('%s is no name of a database', async (database) => {
    await expect(connectClickHouse({ url: 'http://127.0.0.1:1', database })).rejects.toThrow(
      'not a name of a database',
    );
  });

  test('half a client certificate is refused', async () => {
    await expect(connectClickHouse({ url: 'https://127.0.0.1:1', tls: { cert: 'PEM' } })).rejects.toThrow(
      'both cert and key',
    );
  });
});

describe('inserts', () => {
  test('are acknowledged by the answer, not by the sending, and go into the database', async () => {
    let answer = () => {};
    const { url, asked } = await impostor({
      'INSERT INTO leads': (response) => {
        answer = () => response.end();
      },
    });
    const clickhouse = await connectClickHouse({ url });
    let acknowledged = false;
    const inserting = clickhouse.insert('leads', ['id', 'score'], [['a', 1]]).then(() => {
      acknowledged = true;
    });
    await expect.poll(() => asked.at(-1)?.rows).toContain('["a",1]');
    expect(asked.at(-1)?.settings).toMatchObject({ async_insert: '0', wait_end_of_query: '1', database: 'leadstream' });
    expect(acknowledged).toBe(false);
    answer();
    await inserting;
    await clickhouse.close();
  });

  test.each<[string, Answer]>([
    ['a connection that breaks off', hangUp],
    ['too many parts', refusal(252, 'TOO_MANY_PARTS', 'Too many parts')],
    ['a table without its keeper', refusal(242, 'TABLE_IS_READ_ONLY', 'Table is in readonly mode')],
    ['a quorum that is not reached', refusal(285, 'TOO_FEW_LIVE_REPLICAS', 'Number of alive replicas')],
    ['a password that was changed', AUTHENTICATION],
    ['a proxy in trouble', (response) => response.writeHead(502).end('<html>Bad gateway</html>')],
  ])('%s is an outage', async (_what, fault) => {
    const { url } = await impostor({ INSERT: fault });
    const clickhouse = await connectClickHouse({ url });
    await expect(clickhouse.insert('leads', ['id'], [['a']])).rejects.toMatchObject({
      code: 'outage',
      retriable: true,
    });
    await clickhouse.close();
  });

  test('rows that do not fit are no outage', async () => {
    const { url } = await impostor({
      INSERT: refusal(27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED', 'Cannot parse input'),
    });
    const clickhouse = await connectClickHouse({ url });
    await expect(clickhouse.insert('leads', ['id'], [['a']])).rejects.toMatchObject({
      name: 'SqlError',
      message: 'ClickHouse refuses rows of leads: Cannot parse input',
    });
    await clickhouse.close();
  });

  test('closing waits for one under way', async () => {
    const { url } = await impostor({ INSERT: (response) => setTimeout(() => response.end(), 100) });
    const clickhouse = await connectClickHouse({ url });
    const inserting = clickhouse.insert('leads', ['id'], [['a']]);
    await clickhouse.close();
    await inserting;
    await expect(clickhouse.insert('leads', ['id'], [['a']])).rejects.toMatchObject({ code: 'closed' });
  });
});

describe("users' statements", () => {
  test('reach the server as ones that can only read, for a while', async () => {
    const { url, asked } = await impostor();
    const clickhouse = await connectClickHouse({ url });
    await whole(clickhouse.query('SELECT 1', 'CSV'));
    expect(asked.at(-1)).toMatchObject({
      sql: 'SELECT 1',
      settings: { readonly: '1', max_execution_time: '120', default_format: 'CSV', database: 'leadstream' },
    });
    expect(asked.at(-1)?.settings).not.toHaveProperty('wait_end_of_query');
    await clickhouse.close();
  });

  test('that do not read are refused by the server, in one plain line', async () => {
    const message =
      'default: Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly';
    const { url, asked } = await impostor({ DROP: refusal(164, 'READONLY', message) });
    const clickhouse = await connectClickHouse({ url });
    await expect(whole(clickhouse.query('DROP TABLE leads', 'CSV'))).rejects.toMatchObject({
      name: 'SqlError',
      message: 'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly',
    });
    expect(asked.at(-1)).toMatchObject({ sql: 'DROP TABLE leads', settings: { readonly: '1' } });
    await clickhouse.close();
  });

  test('are streamed: what has come is there before the answer ends', async () => {
    const { url } = await impostor({ SELECT: (response) => response.write('1\n'.repeat(50_000)) });
    const clickhouse = await connectClickHouse({ url });
    expect(await firstPiece(clickhouse.query('SELECT 1', 'CSV'))).toMatch(/^1\n1\n/);
    await clickhouse.close();
  });

  test('an answer that is left is cut off', async () => {
    let cut = false;
    const { url } = await impostor({
      SELECT: (response) => response.on('close', () => (cut = true)).write('1\n'.repeat(50_000)),
    });
    const clickhouse = await connectClickHouse({ url });
    await firstPiece(clickhouse.query('SELECT 1', 'CSV'));
    await expect.poll(() => cut).toBe(true);
    await clickhouse.close();
  });

  test('one that fails half-way fails, and its exception is not taken for data', async () => {
    const exception = 'Code: 395. DB::Exception: Value is non-zero. (FUNCTION_THROW_IF) (version 26.3.1.896)\n';
    const { url } = await impostor({
      tagged: (response) => {
        response.setHeader('x-clickhouse-exception-tag', 'abcdefghijklmnop');
        const end = `\r\n__exception__\r\nabcdefghijklmnop\r\n${exception}90 abcdefghijklmnop\r\n__exception__\r\n`;
        response.write(`1\n2\n${end}`, () => response.destroy());
      },
      untagged: (response) => response.write(`1\n2\n${exception}`, () => response.destroy()),
    });
    const clickhouse = await connectClickHouse({ url });
    for (const sql of ['SELECT tagged', 'SELECT untagged']) {
      await expect(whole(clickhouse.query(sql, 'CSV'))).rejects.toMatchObject({
        name: 'SqlError',
        message: 'Value is non-zero',
      });
    }
    await clickhouse.close();
  });

  test('data that reads like an exception is data', async () => {
    const data = '1\nCode: 395. DB::Exception: quoted from a log. (X) (version 26.3.1.896)\n';
    const { url } = await impostor({
      tagged: (response) => response.setHeader('x-clickhouse-exception-tag', 'abcdefghijklmnop').end(data),
      untagged: (response) => response.end(data),
    });
    const clickhouse = await connectClickHouse({ url });
    expect(await whole(clickhouse.query('SELECT tagged', 'CSV'))).toBe(data);
    expect(await whole(clickhouse.query('SELECT untagged', 'CSV'))).toBe(data);
    await clickhouse.close();
  });

  test('a connection that breaks off is an outage, not the end of the answer', async () => {
    const { url } = await impostor({ SELECT: (response) => response.write('1\n2\n', () => response.destroy()) });
    const clickhouse = await connectClickHouse({ url });
    await expect(whole(clickhouse.query('SELECT 1', 'CSV'))).rejects.toMatchObject({ code: 'outage', retriable: true });
    await clickhouse.close();
  });

  test('too many at once is an outage', async () => {
    const { url } = await impostor({ SELECT: refusal(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many queries') });
    const clickhouse = await connectClickHouse({ url });
    await expect(whole(clickhouse.query('SELECT 1', 'CSV'))).rejects.toMatchObject({ code: 'outage', retriable: true });
    await clickhouse.close();
  });

  test('an answer that is not read to its end fails when the connection is closed', async () => {
    const { url } = await impostor({ SELECT: (response) => response.write('1\n'.repeat(50_000)), INSERT: done });
    const clickhouse = await connectClickHouse({ url });
    const answer = clickhouse.query('SELECT 1', 'CSV')[Symbol.asyncIterator]();
    await answer.next();
    await clickhouse.close();
    const rest = async () => {
      while (!(await answer.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'closed' });
  });
});
