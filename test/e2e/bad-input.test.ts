import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '#lib/hash/sha256';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { deadLetterOf } from '#services/collect/dead-letter';
import { deadLetterRecord } from '#services/collect/messages';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream } from '#test/process/command';
import { startServer } from '#test/process/server';
import { rowsOf } from '#test/process/tables';

let folder: TestFolder;
let dir: string;

beforeEach(() => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
});

afterEach(async () => {
  await endAll();
  folder.remove();
});

const NOT_UTF8 = Buffer.from('{"type":"track","userId":"u","event":"caf\xe9"}', 'latin1');
const TOO_LONG = Buffer.from(
  JSON.stringify({ type: 'track', userId: 'u', event: 'Long', properties: { x: 'x'.repeat(1_100_000) } }),
);

function track(fields: object): Buffer {
  return Buffer.from(JSON.stringify({ type: 'track', userId: 'ann', event: 'Subscribed', ...fields }));
}

interface Letter {
  readonly dead_letter_id: string;
  readonly reason: string;
  readonly origin: string;
  readonly detail: string;
  readonly original?: string;
  readonly original_base64?: string;
}

async function deadLetters(): Promise<readonly Letter[]> {
  const { end, out, err } = await leadstream('dead-letters', 'list', '--json', '--data', dir);
  expect([end, err]).toEqual([0, '']);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Letter => JSON.parse(line));
}

async function expectClean(): Promise<void> {
  expect(await leadstream('verify', '--data', dir)).toMatchObject({
    end: 0,
    out: expect.stringContaining('No differences.'),
  });
}

async function activityIds(): Promise<readonly unknown[]> {
  return (await rowsOf(dir, 'SELECT event_id FROM activities ORDER BY event_id')).map(({ event_id }) => event_id);
}

test('an import names each bad line, keeps it as a dead letter, and takes all the others', async () => {
  const at = '2025-03-01T10:00:00Z';
  const lines: readonly (readonly [line: Buffer, refusedFor: string | undefined])[] = [
    [track({ messageId: 'good-1', timestamp: at }), undefined],
    [Buffer.from('{"type":"track","userId":"ann","event":'), 'invalid_json'],
    [Buffer.from('null'), 'mistyped_field'],
    [track({ event: undefined, timestamp: at }), 'missing_field'],
    [track({ event: 17, timestamp: at }), 'mistyped_field'],
    [track({ type: 'shout', timestamp: at }), 'mistyped_field'],
    [track({ userId: undefined, timestamp: at }), 'missing_field'],
    [track({ userId: { id: 1 }, timestamp: at }), 'mistyped_field'],
    [track({ properties: 'none', timestamp: at }), 'mistyped_field'],
    [track({ event: 'Email Opened', timestamp: at }), 'missing_field'],
    [track({ timestamp: 'yesterday' }), 'mistyped_field'],
    [track({ timestamp: '1970-01-02T00:00:00Z' }), 'before_2000'],
    [track({ messageId: 'future', timestamp: '2999-01-01T00:00:00Z' }), 'in_the_future'],
    [NOT_UTF8, 'invalid_utf8'],
    [TOO_LONG, 'too_long'],
    [Buffer.from(''), undefined],
    [track({ messageId: 'good-1', timestamp: at }), undefined],
    [track({ messageId: 'good-1', timestamp: at, event: 'Trial Started' }), 'conflicting_content'],
    [track({ messageId: 'good-2', timestamp: '2025-03-02T10:00:00Z' }), undefined],
  ];
  const file = join(folder.dir, 'events.ndjson');
  writeFileSync(file, Buffer.concat(lines.flatMap(([line]) => [line, Buffer.from('\n')])));
  const bad = lines.flatMap(([, reason], i) => (reason === undefined ? [] : [{ line: i + 1, reason }]));
  const seenByImport = bad.filter(({ reason }) => reason !== 'conflicting_content');

  const { end, out, err } = await leadstream('import', file, '--data', dir, '--json');
  expect(end).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    finished: true,
    lines: lines.length,
    accepted: 4,
    duplicates: 1,
    dead_letters: bad.length,
    in_the_future: 1,
  });
  const named = [...err.matchAll(/^line (\d+): \S.*$/gm)].map(([, line]) => Number(line));
  expect(named.sort((a, b) => a - b)).toEqual(seenByImport.map(({ line }) => line));

  await startServer(dir);
  const letters = await deadLetters();
  const kept = letters.map(({ origin, reason }) => ({ origin, reason }));
  expect(kept).toHaveLength(bad.length);
  for (const { line, reason } of seenByImport) expect(kept).toContainEqual({ origin: `import line ${line}`, reason });
  expect(kept).toContainEqual({ origin: expect.stringMatching(/^lead\.events 0 \d+$/), reason: 'conflicting_content' });
  const notUtf8 = letters.find(({ reason }) => reason === 'invalid_utf8');
  expect(Buffer.from(notUtf8?.original_base64 ?? '', 'base64')).toEqual(NOT_UTF8);
  expect(await rowsOf(dir, 'SELECT toUInt32(count()) AS letters FROM dead_letters')).toEqual([{ letters: bad.length }]);

  expect(await activityIds()).toEqual(['good-1', 'good-2']);
  await expectClean();
});

test('over HTTP each bad request gets its answer, and only what is whole and wrong becomes a dead letter', async () => {
  const server = await startServer(dir);
  const answer = async (path: string, body: unknown) => {
    const response = await server.post(path, body);
    return [response.status, await response.json()];
  };
  const refused = (status: number, reason: string) => [
    status,
    { success: false, reason, detail: expect.stringMatching(/^[^\n]+$/) },
  ];

  expect(await answer('/v1/track', '{"userId":')).toEqual(refused(400, 'invalid_json'));
  expect(await answer('/v1/track', NOT_UTF8)).toEqual(refused(400, 'invalid_utf8'));
  expect(await answer('/v1/batch', '[')).toEqual(refused(400, 'invalid_json'));
  expect(await answer('/v1/track', TOO_LONG)).toEqual(refused(413, 'too_large'));
  expect(await answer('/v1/nothing', '{}')).toEqual(refused(404, 'not_found'));
  expect(await deadLetters()).toEqual([]);

  // Sent twice, refused twice, listed once.
  for (let times = 0; times < 2; times++) {
    expect(await answer('/v1/track', { userId: 'ann' })).toEqual(refused(400, 'missing_field'));
  }
  expect(await answer('/v1/track', { userId: 'ann', event: [] })).toEqual(refused(400, 'mistyped_field'));
  expect(await answer('/v1/track', { event: 'Subscribed' })).toEqual(refused(400, 'missing_field'));
  expect(await answer('/v1/track', { userId: 'ann', event: 'Subscribed', timestamp: 'soon' })).toEqual(
    refused(400, 'mistyped_field'),
  );
  expect(await answer('/v1/identify', { userId: 'ann', timestamp: '1999-12-31T23:59:59Z' })).toEqual(
    refused(400, 'before_2000'),
  );
  expect(await answer('/v1/batch', { batch: 'all of it' })).toEqual(refused(400, 'mistyped_field'));
  expect(
    await answer('/v1/batch', {
      batch: [
        { type: 'track', messageId: 'one', userId: 'ann', event: 'Subscribed' },
        { type: 'track', userId: 'ann' },
        17,
        { type: 'track', messageId: 'future', userId: 'ann', event: 'Subscribed', timestamp: '2999-01-01T00:00:00Z' },
      ],
    }),
  ).toEqual([
    200,
    {
      success: true,
      rejected: [
        { index: 1, reason: 'missing_field' },
        { index: 2, reason: 'mistyped_field' },
      ],
    },
  ]);
  // One id twice with the same content is a retry; with another it is told apart behind the door.
  for (const event of ['Subscribed', 'Subscribed', 'Trial Started']) {
    expect(await answer('/v1/track', { messageId: 'two', userId: 'bob', event })).toEqual([200, { success: true }]);
  }

  await expectClean();
  const reasons = (await deadLetters()).map(({ reason, origin }) => `${origin.replace(/\d+$/, 'n')}: ${reason}`).sort();
  expect(reasons).toEqual(
    [
      'http /v1/track: missing_field',
      'http /v1/track: mistyped_field',
      'http /v1/track: missing_field',
      'http /v1/track: mistyped_field',
      'http /v1/identify: before_2000',
      'http /v1/batch: mistyped_field',
      'http /v1/batch: missing_field',
      'http /v1/batch: mistyped_field',
      'lead.events 0 n: conflicting_content',
    ].sort(),
  );
  expect(await activityIds()).toEqual(['future', 'one', 'two']);
  const [future] = await rowsOf(
    dir,
    "SELECT occurred_at = received_at AS clamped FROM activities WHERE event_id = 'future'",
  );
  expect(future).toEqual({ clamped: 1 });
  const shown = await deadLetters();
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  expect(await deadLetters()).toEqual(shown);
});

test('dead letters are sent again once they can be read, count once however often, and else are refused again', async () => {
  const file = join(folder.dir, 'events.ndjson');
  writeFileSync(file, `${track({ messageId: 'good', timestamp: '2025-03-01T10:00:00Z' })}\nbad\n`);
  expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
  // What an older version could not read yet, with an id of its own and without.
  const mended = [track({ messageId: 'mended' }), Buffer.from('{"userId":"bob","event":"Trial Started"}')];
  const older = mended.map((original, i) =>
    deadLetterOf(sha256, {
      dead: { kind: 'dead', reason: 'mistyped_field', detail: 'not known to that version' },
      at: Date.UTC(2025, 2, 1),
      origin: i === 0 ? 'http /v1/batch' : 'http /v1/track',
      publisher: 'default',
      value: JSON.parse(original.toString()),
      original,
    }),
  );
  const partitions = (stored: ReadonlyMap<string, number>) => Object.fromEntries(stored);
  const log = await openEmbeddedLog({ dir: join(dir, 'log'), partitions });
  await log.publish(older.map((letter) => deadLetterRecord(letter)));
  await log.close();

  const retry = (...which: string[]) => leadstream('dead-letters', 'retry', ...which, '--data', dir);
  const [, second = ''] = older.map(({ dead_letter_id }) => dead_letter_id);
  expect(await retry(second)).toEqual({ end: 0, out: '1 sent again, 0 refused again.\n', err: '' });
  await startServer(dir);
  const bad = (await deadLetters()).find(({ origin }) => origin === 'import line 2')?.dead_letter_id ?? '';
  expect(await retry(bad)).toMatchObject({
    end: 1,
    out: expect.stringMatching(`^0 sent again, 1 refused again.\n${bad}: `),
  });
  expect(await retry('nothing')).toEqual({
    end: 1,
    out: '0 sent again, 0 refused again.\n',
    err: 'leadstream: no dead letter has the id nothing; see "leadstream dead-letters list"\n',
  });
  expect(await retry('--all')).toMatchObject({
    end: 1,
    out: expect.stringMatching(/^2 sent again, 1 refused again\.\n/),
  });
  expect(await retry('--all')).toMatchObject({
    end: 1,
    out: expect.stringMatching(/^2 sent again, 1 refused again\.\n/),
  });
  await expectClean();
  expect(await rowsOf(dir, 'SELECT name FROM activities ORDER BY name')).toEqual([
    { name: 'subscribed' },
    { name: 'subscribed' },
    { name: 'trial_started' },
  ]);
  expect(await activityIds()).toHaveLength(3);
});
