import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { arrivals, ofTheirOwn } from '#test/given/batch/arrivals';
import { inSeq } from '#test/given/batch/in-seq';
import { asLogged, batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { batchScores, eventsOf } from '#test/given/batch/scores';
import { DAY, T0 } from '#test/given/event';
import { identityHistories, TOWN } from '#test/given/identity-history';
import { askWell, dataFolder, handOver, type Installation, install, runServices } from '#test/kafka/given';
import { openLog, recordsOf } from '#test/kafka/records';
import { endAll, leadstream } from '#test/process/command';

afterEach(endAll);

const PATIENCE = { timeout: 60_000, interval: 500 };
const TOWNS = 8;

/** Towns that know nothing of each other, each as it was and in two orders; all of it in the last months. */
function towns(seed: number, end: number): readonly (readonly EventMessage[])[] {
  const orders = identityHistories(TOWN, 25).chain((history) => fc.tuple(arrivals(history), arrivals(history)));
  return fc
    .sample(orders, { seed, numRuns: TOWNS })
    .flatMap((both, town) => both.map((one, i) => ofTheirOwn(one, `${town}${'ab'[i]}-`, end - 62 * DAY - T0)));
}

/** lead.activity in the order of seq, each record for all once. */
async function activityOf(at: Installation): Promise<readonly ActivityMessage[]> {
  const records = await recordsOf<ActivityMessage>(at, TOPICS.activity);
  return inSeq(records.map(({ value }) => value));
}

test('on a broker, too, people who turn out to be one, or not, end as a batch has them, in the tables as well', async () => {
  const seed = randomInt(2 ** 31);
  const now = Date.now();
  const histories = towns(seed, now);
  const events = eventsOf(histories.flat());

  const at = await install(4);
  const data = dataFolder();
  const all = await runServices(at, [], data);
  await leadstream('apply', '--data', data);
  const log = await openLog(at);
  for (let n = 0; histories.some((history) => n < history.length); n++) {
    const next = histories.flatMap((history) => history[n] ?? []);
    await log.publish(next.map((value) => ({ topic: TOPICS.events, partition: 0, key: null, value })));
  }
  await log.close();

  const sql = "SELECT concat(event_id, ' ', publisher, '.', toString(length(publisher))), lead_id FROM activities";
  let owners: ReadonlyMap<string, string> = new Map();
  await vi.waitFor(async () => {
    owners = batchOwners(asLogged(events, await activityOf(at)));
    const text = await askWell('sql', sql, '--data', data, '--format', 'TSVRaw');
    const rows = text.split('\n').filter((row) => row !== '');
    expect([seed, rows.sort()]).toEqual([seed, [...owners].map((pair) => pair.join('\t')).sort()]);
  }, PATIENCE);
  const replayed = replay(await activityOf(at));
  expect([seed, replayed.faults]).toEqual([seed, []]);
  expect([seed, [...replayed.owners].sort()]).toEqual([seed, [...owners].sort()]);
  for (const [lead, [score]] of batchScores(events, owners, [now])) {
    const args = ['--data', data, '--at', new Date(now).toISOString(), '--json'];
    const explained: { score: number } = JSON.parse(await askWell('explain', lead, ...args));
    expect(explained.score, `${lead} of seed ${seed}`).toBeCloseTo(score ?? Number.NaN, 8);
  }
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  await handOver(all);
}, 240_000);
