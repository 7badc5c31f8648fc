import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClickHouse } from '#lib/clickhouse/child/open';
import type { ClickHouse } from '#lib/clickhouse/client';
import { migrate } from '#lib/clickhouse/migrate';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { appliesCaps, DAY, did, rowsOf, rowsOfMessages } from '#services/analyze/given';
import { activity } from '#test/given/activity';

/** The view `leads` on a real engine. */

let folder: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadstream-'));
  clickhouse = await openClickHouse({ dir: folder });
  await migrate(clickhouse);
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await rm(folder, { recursive: true });
});

const FADING = [
  { half_life: 3 * DAY, points: 40 },
  { half_life: 30 * DAY, points: -8 },
  { half_life: null, points: 5 },
];

function fadedBy(age: number): number {
  return 40 * 2 ** (-age / (3 * DAY)) - 8 * 2 ** (-age / (30 * DAY)) + 5;
}

/** A lead whose score of 37 was recorded at a time. */
async function recorded(lead_id: string, at: number, valid_until: number | null): Promise<void> {
  const record = did(activity({ lead_id, occurred_at: at, logged_at: at }), {}, { after: 37 });
  const scored = record.scored && { ...record.scored, fading: FADING, valid_until };
  await createClickHouseSink(clickhouse).write(rowsOf([{ ...record, scored }]));
}

async function read(lead: string) {
  const sql = `SELECT score, toUnixTimestamp64Milli(score_at) AS at, score_exact, score_estimate, score_recorded,
    toUnixTimestamp64Milli(recorded_at) AS recorded_at FROM leads WHERE lead_id = {lead:String}`;
  const [row] = await clickhouse.rows(sql, { lead });
  const { score, at, score_estimate, recorded_at } = row ?? {};
  const numbers = { score: Number(score), at: Number(at), estimate: Number(score_estimate) };
  return { ...numbers, exact: row?.score_exact, recorded: [row?.score_recorded, Number(recorded_at)] };
}

test('a score is that of the moment at which it is read, which stands beside it', async () => {
  const at = Date.now() - 20 * DAY;
  await recorded('fades', at, null);
  await recorded('will-expire', at, Date.now() + DAY);
  for (const lead of ['fades', 'will-expire']) {
    const asked = Date.now();
    const row = await read(lead);
    expect(row.at).toBeGreaterThanOrEqual(asked);
    expect(row.at).toBeLessThanOrEqual(Date.now());
    expect(row.score).toBeCloseTo(fadedBy(row.at - at), 8);
    expect(row).toMatchObject({ exact: true, estimate: row.score, recorded: [37, at] });
  }
});

test('where something else than fading may have changed it since, it is the last that is sure', async () => {
  const at = Date.now() - 20 * DAY;
  await recorded('expired', at, at + 6 * DAY);
  const row = await read('expired');
  expect(row).toMatchObject({ exact: false, at: at + 6 * DAY - 1, recorded: [37, at] });
  expect(row.score).toBeCloseTo(fadedBy(6 * DAY - 1), 8);
  expect(row.estimate).toBeCloseTo(fadedBy(20 * DAY), 4);
});

test('it is never of a time before it was recorded, though the clocks differ', async () => {
  const at = Date.now() + 30_000;
  await recorded('ahead', at, null);
  expect(await read('ahead')).toMatchObject({ score: 37, at, exact: true });
});

describe('after a model with other caps', () => {
  const recorded = Date.now() - 20 * DAY;
  const changed = recorded + 6 * DAY;

  /** What is shown of a lead that was recorded under caps, and did nothing since, after each of these models. */
  async function shownAfter(lead: string, ...models: readonly { readonly caps: string; readonly at: number }[]) {
    const record = did(
      activity({ lead_id: lead, occurred_at: recorded, logged_at: recorded, seq: 2 }),
      {},
      { after: 37 },
    );
    const scored = record.scored && { ...record.scored, fading: FADING };
    const messages = [
      appliesCaps('60', recorded, 1),
      { type: 'Staged' as const, value: { ...record, scored } },
      ...models.map(({ caps, at }, n) => appliesCaps(caps, at, 3 + n)),
    ];
    await clickhouse.command('TRUNCATE TABLE ladders_rows');
    await createClickHouseSink(clickhouse).write(rowsOfMessages(messages));
    return read(lead);
  }

  test('a score of before is that of the last ms before it, and not exact', async () => {
    const row = await shownAfter('capped', { caps: '20', at: changed });
    expect(row).toMatchObject({ exact: false, at: changed - 1, recorded: [37, recorded] });
    expect(row.score).toBeCloseTo(fadedBy(6 * DAY - 1), 8);
    expect(row.estimate).toBeCloseTo(fadedBy(20 * DAY), 4);
  });

  test('nor is it where the new one has no caps', async () => {
    expect(await shownAfter('uncapped', { caps: '', at: changed })).toMatchObject({ exact: false, at: changed - 1 });
  });

  test('one that comes at the very time of the record leaves nothing exact', async () => {
    expect(await shownAfter('at-once', { caps: '20', at: recorded })).toMatchObject({
      exact: false,
      score: 37,
      at: recorded,
    });
  });

  test('other models change nothing, nor does one that was taken back', async () => {
    expect(await shownAfter('same', { caps: '60', at: changed })).toMatchObject({ exact: true });
    const back = await shownAfter('back', { caps: '20', at: changed }, { caps: '60', at: changed + DAY });
    expect(back).toMatchObject({ exact: true });
    expect(back.score).toBeCloseTo(fadedBy(back.at - recorded), 8);
  });
});

test('rows of before say what the score was, and that it is not that of now', async () => {
  const at = Date.now() - 20 * DAY;
  const columns = ['lead_id', 'score', 'score_at', 'seq', 'step', 'deleted'];
  await clickhouse.insert('leads_rows', columns, [['old', 61.5, at, 1, 0, 0]]);
  expect(await read('old')).toMatchObject({ score: 61.5, at, exact: false, estimate: 61.5 });
});
