import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dataFolder, importLines } from '#test/guide/folder';
import { leadstream } from '#test/process/command';

const at = (day: number) => new Date(Date.UTC(2026, 2, 1 + day)).toISOString();
const LINES = [
  { type: 'identify', messageId: 'm-1', timestamp: at(0), userId: 'ann', traits: { email: 'ann@example.com' } },
  { type: 'track', messageId: 'm-2', timestamp: at(1), userId: 'ann', event: 'Trial Started' },
  { type: 'track', messageId: 'm-3', timestamp: at(1), userId: 'ann', event: 'Appointment Scheduled' },
  { type: 'page', messageId: 'm-4', timestamp: at(40), userId: 'bob', properties: { path: '/pricing' } },
].map((line) => JSON.stringify(line));

/**
 * # 18. Import history
 *
 *     leadstream import 2024.ndjson 2025.ndjson --data ./data
 *
 * The past comes in as NDJSON, one event per line, in the shape that HTTP takes. Into an empty folder it brings its own
 * time: months go by in seconds, and everything that would have fallen due on the way does. Nobody gets a mail for it:
 * what an import decides is recorded as suppressed, with the reason `historic`.
 */
test('an import brings its own time and sends nothing', async () => {
  const data = dataFolder();
  const history = `${LINES.join('\n')}\nthis line is no event\n`;

  const imported = await importLines(data, history, '--json');

  expect(imported).toMatchObject({ end: 0, err: expect.stringContaining('line 5') });
  expect(JSON.parse(imported.out)).toMatchObject({ finished: true, accepted: 4, dead_letters: 1, leads: 2 });
  const handoffs = await leadstream('sql', 'SELECT at, rep, suppressed_by FROM handoffs', '--data', data);
  expect(handoffs.out).toBe('at\trep\tsuppressed_by\n2026-03-02 00:00:00.000\tada\thistoric\n');
});

/**
/**
 * All lines of all files are sorted by time before anything is logged. So the result depends on what happened alone, not on
 * the order of the lines, the day, the machine, or an interruption on the way. Only the scores of now go on fading.
 */
test('the same history gives the same tables in every folder, in whatever order it comes', async () => {
  const history = await leadstream('generate', '--leads', '40', '--days', '30', '--seed', '7');
  const folders = [dataFolder(), dataFolder()];
  const lines = history.out.trimEnd().split('\n');
  const inAnyOrder = lines
    .map((line) => ({ line, at: createHash('sha256').update(line).digest('hex') }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ line }) => line);

  const answers: string[] = [];
  const sql = 'SELECT * EXCEPT (score, score_at, score_exact, score_estimate) FROM leads ORDER BY lead_id';
  for (const [i, data] of folders.entries()) {
    await importLines(data, (i === 0 ? lines : inAnyOrder).join('\n'));
    answers.push((await leadstream('sql', sql, '--data', data)).out);
  }

  expect(answers[0]?.split('\n').length).toBeGreaterThan(40);
  expect(answers[1]).toBe(answers[0]);
});

/** A clock that was wrong spoils its own line only: what is dated in the future is refused, and named. */
test('a line from the future is refused, and moves nobody', async () => {
  const data = dataFolder();
  const wrong = JSON.stringify({ type: 'page', messageId: 'm-5', timestamp: '2062-01-01T00:00:00Z', userId: 'bob' });

  const imported = await importLines(data, [wrong, ...LINES].join('\n'));

  expect(imported.out).toContain('1 line is dated in the future and was refused: line 1\n');
  const last = await leadstream('sql', 'SELECT max(logged_at) FROM activities', '--data', data, '--format', 'TSV');
  expect(last.out).toBe('2026-04-10 00:00:00.000\n');
});

/**
 * Later on there is something logged already, and what is logged stays. An import that begins where the last one ended goes on in
 * its own time. One that reaches further back needs `--historic`: its events count, as received now. The same import again
 * adds nothing.
 */
test('what reaches behind what is logged is taken only if that is accepted', async () => {
  const data = dataFolder();
  await importLines(data, LINES.slice(0, 3).join('\n'));
  expect((await importLines(data, LINES[3] ?? '')).end).toBe(0);
  const older = JSON.stringify({ type: 'page', messageId: 'm-0', timestamp: at(-10), userId: 'ann' });

  const refused = await importLines(data, older);
  const accepted = await importLines(data, older, '--historic', '--json');
  const again = await importLines(data, older, '--json');

  expect([refused.end, refused.err]).toEqual([1, expect.stringContaining('add --historic to have it received now')]);
  expect(JSON.parse(accepted.out)).toMatchObject({ accepted: 1, duplicates: 0 });
  expect(JSON.parse(again.out)).toMatchObject({ accepted: 1, duplicates: 1 });
});
