import { expect, test } from 'vitest';
import { dataFolder, importLines } from '#test/guide/folder';
import { leadstream } from '#test/process/command';

/**
 * # 18. Import history
 *
 *     leadstream import events.ndjson --data ./data
 *
 * The past comes in as NDJSON, one event per line, in the shape that HTTP takes. Into an empty folder it brings its own
 * time: months go by in seconds, and everything that would have fallen due on the way does. Nobody gets a mail for it:
 * what an import decides is recorded as suppressed, with the reason `historic`.
 */
test('an import brings its own time and sends nothing', async () => {
  const data = dataFolder();
  const at = (day: number) => new Date(Date.UTC(2026, 2, 1 + day)).toISOString();
  const lines = [
    { type: 'identify', messageId: 'm-1', timestamp: at(0), userId: 'ann', traits: { email: 'ann@example.com' } },
    { type: 'track', messageId: 'm-2', timestamp: at(1), userId: 'ann', event: 'Trial Started' },
    { type: 'track', messageId: 'm-3', timestamp: at(1), userId: 'ann', event: 'Appointment Scheduled' },
    { type: 'page', messageId: 'm-4', timestamp: at(40), userId: 'bob', properties: { path: '/pricing' } },
  ];
  const history = `${lines.map((line) => JSON.stringify(line)).join('\n')}\nthis line is no event\n`;

  const imported = await importLines(data, history, '--json');

  expect(imported).toMatchObject({ end: 0, err: expect.stringContaining('line 5') });
  expect(JSON.parse(imported.out)).toMatchObject({ finished: true, accepted: 4, dead_letters: 1, leads: 2 });
  const handoffs = await leadstream('sql', 'SELECT at, rep, suppressed_by FROM handoffs', '--data', data);
  expect(handoffs.out).toBe('at\trep\tsuppressed_by\n2026-03-02 00:00:00.000\tada\thistoric\n');
});

/**
 * The result depends on the input alone, not on the day, the machine, or an interruption on the way. Only the scores of now go
 * on fading.
 */
test('the same history gives the same bytes in every folder', async () => {
  const history = await leadstream('generate', '--leads', '40', '--days', '30', '--seed', '7');
  const folders = [dataFolder(), dataFolder()];

  const answers: string[] = [];
  const sql = 'SELECT * EXCEPT (score, score_at, score_exact, score_estimate) FROM leads ORDER BY lead_id';
  for (const data of folders) {
    await importLines(data, history.out);
    answers.push((await leadstream('sql', sql, '--data', data)).out);
  }

  expect(answers[0]?.split('\n').length).toBeGreaterThan(40);
  expect(answers[1]).toBe(answers[0]);
});
