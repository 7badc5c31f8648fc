import { expect, test } from 'vitest';
import type { TableRow } from '#lib/clickhouse/row';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { TOPICS } from '#schemas/topics';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { submitted } from '#test/given/identify';
import { collected, compile, shipped } from '#test/given/lines';

const AT = Date.UTC(2026, 2, 2, 9);
const DAY = 86_400_000;

/** What analysts read of money that was reported like this, over so many partitions. */
async function reported(call: object, partitions: number) {
  const line = { text: JSON.stringify({ type: 'track', event: 'Cost Recorded', ...call }), arrived: AT };
  const running = drive(topologiesOf(createPipeline({ hash: sha256, compile, partitions, tickEvery: DAY })), (topic) =>
    topic === TOPICS.events || topic === TOPICS.deadLetters ? 1 : partitions,
  );
  running.publish(TOPICS.events, submitted(shipped, AT), AT);
  for (const message of await collected([line])) running.publish(TOPICS.events, message, AT);
  running.tick(AT + DAY);
  const rows = running.rows() as readonly TableRow[];
  return {
    costs: rows.filter(({ table }) => table === 'costs_rows').map(({ row }) => row),
    others: rows.filter(({ table }) => table === 'leads_rows' || table === 'activities_rows'),
  };
}

const SPENT = { amount: 120.5, currency: 'EUR', source: 'LinkedIn', campaign: 'spring' };

/** Case 22. */
test.each([
  ['nobody', {}],
  ['a made-up visitor', { anonymousId: 'cost-import-7' }],
])('money spent, reported of %s, is a cost and makes no visitor', async (_, who) => {
  const { costs, others } = await reported({ messageId: 'c1', ...who, properties: SPENT }, 1);
  expect(costs).toMatchObject([{ event_id: 'c1', amount: 120.5, currency: 'EUR', campaign: 'spring' }]);
  expect(others).toEqual([]);
});

test('each partition brings a cost as the same row', async () => {
  const { costs } = await reported({ messageId: 'c1', properties: SPENT }, 3);
  expect(costs).toHaveLength(3);
  expect(new Set(costs.map((row) => JSON.stringify(row))).size).toBe(1);
});
