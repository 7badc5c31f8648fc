import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openClickHouse } from '#lib/clickhouse/child/open';
import { endOf } from '#lib/flow/table';
import { lmdbStores } from '#lib/store/lmdb';
import { TOPICS } from '#schemas/topics';
import { endAll, leadstream } from '#test/process/command';
import { type ImportedFolder, importedFolder } from '#test/process/imported-folder';
import { changeRecord } from '#test/process/log-record';

let folder: ImportedFolder;

beforeAll(async () => {
  folder = await importedFolder();
});

afterEach(endAll);
afterAll(() => folder.remove());

interface Verified {
  readonly ok: boolean;
  readonly compared: readonly { readonly what: string; readonly count: number }[];
  readonly differences: readonly Readonly<Record<'where' | 'key' | 'stored' | 'recomputed', string>>[];
}

/** On a slow machine. */
const PROGRESS = /^part \d of \d, .*: [\d,]+ records read\n/gm;

async function verify(dir: string): Promise<{ readonly end: unknown; readonly err: string } & Verified> {
  const { end, out, err } = await leadstream('verify', '--data', dir, '--json');
  const verified: Verified = JSON.parse(out);
  return { end, err: err.replaceAll(PROGRESS, ''), ...verified };
}

/** Verification of a damaged folder names what differs and fails. */
async function expectNamed(dir: string, where: string | RegExp, key: string | RegExp): Promise<Verified> {
  const { end, err, ...verified } = await verify(dir);
  expect(verified.ok).toBe(false);
  expect(verified.differences).toContainEqual({
    where: expect.stringMatching(where),
    key: expect.stringMatching(key),
    stored: expect.any(String),
    recomputed: expect.any(String),
  });
  expect([end, err]).toEqual([
    1,
    expect.stringMatching(/^leadstream: \d+ stored values? differs? from what the log gives\n$/),
  ]);
  return verified;
}

/** Statements that change rows, given the first lead's and the first handoff's ids. */
async function damage(dir: string, statements: (lead: string, handoff: string) => readonly string[]): Promise<void> {
  const clickhouse = await openClickHouse({ dir: join(dir, 'clickhouse') });
  try {
    const [first] = await clickhouse.rows(
      'SELECT (SELECT min(lead_id) FROM leads) AS lead, (SELECT min(handoff_id) FROM handoffs) AS handoff',
    );
    for (const sql of statements(String(first?.lead), String(first?.handoff))) {
      await clickhouse.command(`${sql} SETTINGS mutations_sync = 1`);
    }
  } finally {
    await clickhouse.close();
  }
}

test('a folder as an import leaves it verifies clean, with everything in it compared', async () => {
  const { end, err, ok, compared, differences } = await verify(folder.copy());
  expect({ end, err, ok, differences }).toEqual({ end: 0, err: '', ok: true, differences: [] });
  const counts = Object.fromEntries(compared.map(({ what, count }) => [what, count > 0]));
  expect(counts).toEqual({
    'decisions of identify': true,
    'scores, stages and triggers': true,
    'scores of leads': true,
    handoffs: true,
    'rows of activities': true,
    'rows of score_changes': true,
    'rows of stage_changes': true,
    'rows of leads': true,
    'rows of triggers': true,
    'rows of handoffs': true,
    'rows of dead_letters': true,
    'rows of funnel_counters': true,
    'rows of activity_counters': true,
    'rows of trait_counters': true,
    'rows of joins': false,
    'rows of costs': false,
    'rows of ladders': true,
  });
});

test("a changed score in the folds' store is named", async () => {
  const dir = folder.copy();
  const store = await lmdbStores({ dir: join(dir, 'stores') })('score+stage+trigger-0');
  let changed: string | undefined;
  for (const [key, value] of store.range('s0:', endOf('s0:'))) {
    const text = JSON.stringify(value);
    if (!text.includes('"role":"points"')) continue;
    const other = JSON.parse(text.replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) + 3_600_000}`));
    await store.commit([{ key, value: other }], store.positions() ?? [], store.positions());
    changed = key;
    break;
  }
  await store.close();
  const { differences } = await expectNamed(dir, /^store score\+stage\+trigger$/, new RegExp(`^${changed} .*at$`));
  expect(differences).toHaveLength(1);
});

test('a changed, a missing and an invented row of ClickHouse are named', async () => {
  const dir = folder.copy();
  await damage(dir, (lead, handoff) => [
    `ALTER TABLE leads_rows UPDATE score = score + 1 WHERE lead_id = '${lead}'`,
    `ALTER TABLE handoffs_rows DELETE WHERE handoff_id = '${handoff}'`,
    "INSERT INTO triggers_rows SELECT * REPLACE('invented' AS trigger_id) FROM triggers_rows ORDER BY trigger_id LIMIT 1",
  ]);
  const { differences } = await expectNamed(dir, /^table leads_rows$/, / score$/);
  expect(differences).toEqual([
    { where: 'table leads_rows', key: expect.any(String), stored: expect.any(String), recomputed: expect.any(String) },
    expect.objectContaining({ where: 'table triggers_rows', key: 'invented', recomputed: '' }),
    expect.objectContaining({ where: 'table handoffs_rows', stored: '' }),
  ]);
});

test('a score that analysts read and that nothing explains is named, with its time', async () => {
  const dir = folder.copy();
  await damage(dir, (lead) => [
    `ALTER TABLE leads_rows UPDATE fading = arrayPushBack(fading, (0., 1.)) WHERE lead_id = '${lead}'`,
  ]);
  const { differences } = await expectNamed(dir, /^score of leads$/, /^\w+ at 20\d\d-.*Z$/);
  const [score] = differences.filter(({ where }) => where === 'score of leads');
  expect(Number(score?.stored) - Number(score?.recomputed)).toBeCloseTo(1, 8);
});

test('a changed record of lead.scores is named', async () => {
  const dir = folder.copy();
  const offset = await changeRecord(dir, TOPICS.scores, (message) =>
    message.type === 'Scored' && message.value.score.after > 10
      ? {
          ...message,
          value: { ...message.value, score: { ...message.value.score, after: message.value.score.after + 1 } },
        }
      : undefined,
  );
  const { differences } = await expectNamed(
    dir,
    /^lead\.scores\/\d$/,
    new RegExp(`^offset ${offset} value.score.after$`),
  );
  const [first] = differences;
  expect(Number(first?.stored) - Number(first?.recomputed)).toBeCloseTo(1, 9);
});

test('a changed decision of identify and one of handoff are named', async () => {
  const dir = folder.copy();
  const activity = await changeRecord(dir, TOPICS.activity, (message) =>
    message.type === 'Activity' ? { ...message, value: { ...message.value, title: 'another title' } } : undefined,
  );
  const handoff = await changeRecord(dir, TOPICS.handoffs, (message) =>
    message.type === 'Handoff' ? { ...message, value: { ...message.value, rep: 'nobody' } } : undefined,
  );
  await expectNamed(dir, /^lead\.activity\/\d$/, new RegExp(`^offset ${activity} value.title$`));
  await expectNamed(dir, /^lead\.handoffs/, new RegExp(`^offset ${handoff} value.rep$`));
});

test.each(['clickhouse', 'stores'])('a lost %s is built again from the log', async (lost) => {
  const dir = folder.copy();
  rmSync(join(dir, lost), { recursive: true });

  expect(await verify(dir)).toMatchObject({ end: 0, ok: true, differences: [] });
  expect((await leadstream('sql', 'SELECT count() FROM activities', '--data', dir)).out).toBe(
    (await leadstream('sql', 'SELECT count() FROM activities', '--data', folder.whole)).out,
  );
});
