import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { watchServices } from '#app/kafka/lag';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { createCompiler } from '#lib/model/compile';
import type { EventMessage } from '#schemas/topics';
import { createPipeline, partitionCounts } from '#services/pipeline';
import { type Disturbance, disturbed } from '#test/given/disturbed';
import { allAtWork, askWell, dataFolder, handOver, install, runServices } from '#test/kafka/given';
import { type LastWords, lastWords } from '#test/kafka/last-words';
import { inTheirOwnTime, publishAll } from '#test/kafka/own-time';
import { openLog, withLog } from '#test/kafka/records';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { FILE_END, writeEvents } from '#test/process/events-file';
import { EVERYTHING, WITHOUT_PARTITIONS } from '#test/process/every-row';

afterEach(endAll);

/** What the running owner of a folder, or else a process of its own, answers. */
async function rows(dir: string, query: string, how: typeof leadstream): Promise<readonly string[]> {
  const { end, out, err } = await how('sql', query, '--data', dir, '--format', 'TSVRaw');
  expect([end, err]).toEqual([0, '']);
  return out.split('\n');
}

/** Imports the file into a new installation; its services run in one process. */
async function imported(file: string, data: string, partitions: number, query: string) {
  const at = await install(partitions);
  const all = await runServices(at, [], data);
  const args = ['--kafka', '--data', data, ...at.flags, '--registry', at.registry, '--json'];
  const { end, out } = await leadstream('import', file, ...args);
  const found = await rows(data, query, ask);
  const verified = await askWell('verify', '--data', data);
  await handOver(all);
  return { end, summary: { ...JSON.parse(out), duration_ms: 0 }, found, verified };
}

test('the same file imported embedded and through Kafka gives the same leads, scores, stages, triggers, handoffs and funnel', async () => {
  const dir = dataFolder();
  const file = join(dir, 'events.ndjson');
  const { bad } = writeEvents(file, 100, 5, 300);
  const embedded = join(dir, 'embedded');
  await withLog(openOf(embedded, 1), async () => {});
  const { end, out } = await leadstream('import', file, '--data', embedded, '--json');
  const summary = { ...JSON.parse(out), duration_ms: 0 };
  const fresh = join(dir, 'fresh');
  expect((await leadstream('import', file, '--data', fresh)).end).toBe(0);
  const everything = await rows(embedded, EVERYTHING, leadstream);
  const withoutPartitions = await rows(embedded, WITHOUT_PARTITIONS, leadstream);
  expect(await rows(fresh, WITHOUT_PARTITIONS, leadstream)).toEqual(withoutPartitions);
  expect([end, everything.length > 1000, withoutPartitions.length > 1000]).toEqual([0, true, true]);
  expect(everything.filter((row) => row.startsWith('dead_letters\t'))).toHaveLength(bad);

  const [one, four] = await Promise.all([
    imported(file, join(dir, 'one'), 1, EVERYTHING),
    imported(file, join(dir, 'four'), 4, WITHOUT_PARTITIONS),
  ]);
  for (const kafka of [one, four]) {
    expect(kafka).toMatchObject({ end: 0, summary });
    expect(kafka.verified).toMatch(/\nNo differences\.\n$/);
  }
  expect(one.found).toEqual(everything);
  expect(four.found).toEqual(withoutPartitions);
}, 240_000);

const DISTURBANCES: readonly Disturbance[] = [
  'shared_device',
  'misattributed',
  'bots',
  'consent',
  'costs',
  'wrong_clock',
  'late',
  'repeated',
];

/** What comes of a history in a log, and the rows that do not depend on partitions. */
interface Played {
  readonly words: LastWords;
  readonly rows: readonly string[];
}

/** The log of a data folder, with so many partitions if it is new. */
function openOf(dir: string, partitions: number): Promise<Log> {
  return openEmbeddedLog({ dir: join(dir, 'log'), partitions: partitionCounts(partitions) });
}

/** The history in the log of a new data folder, which the next command works off. */
async function playedEmbedded(messages: readonly EventMessage[], dir: string, partitions: number): Promise<Played> {
  const opened = <Result>(work: (log: Log) => Promise<Result>) => withLog(openOf(dir, partitions), work);
  await opened((log) => publishAll(log, messages));
  const { end, out } = await leadstream('verify', '--data', dir);
  expect([end, out]).toEqual([0, expect.stringMatching(/\nNo differences\.\n$/)]);
  return { rows: await rows(dir, WITHOUT_PARTITIONS, leadstream), words: await opened(lastWords) };
}

/** The history in the topics of a new installation; its services run in one process. */
async function playedOnKafka(messages: readonly EventMessage[], data: string, partitions: number): Promise<Played> {
  const at = await install(partitions);
  const all = await runServices(at, [], data);
  await allAtWork(all, partitions);
  const words = await withLog(openLog(at), async (log) => {
    await publishAll(log, messages);
    const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions, tickEvery: 1000 });
    await watchServices(pipeline, log, systemClock).idle(new AbortController().signal);
    return lastWords(log);
  });
  const found = await rows(data, WITHOUT_PARTITIONS, ask);
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  await handOver(all);
  return { words, rows: found };
}

test.each([41, 42])(
  'late, repeated and misattributed reports, seed %i, give equal facts, figures, scores, stages, triggers and handoffs embedded and through Kafka',
  async (seed) => {
    const dir = dataFolder();
    const lines = disturbed({ leads: 40, days: 60, seed, end: FILE_END }, DISTURBANCES);
    const messages = await inTheirOwnTime(lines);
    const embedded = await playedEmbedded(messages, join(dir, 'embedded'), 1);
    const fresh = await playedEmbedded(messages, join(dir, 'fresh'), 8);

    const [one, four] = await Promise.all([
      playedOnKafka(messages, join(dir, 'one'), 1),
      playedOnKafka(messages, join(dir, 'four'), 4),
    ]);
    for (const other of [fresh, one, four]) {
      expect(other.words).toEqual(embedded.words);
      expect(other.rows).toEqual(embedded.rows);
    }

    const { facts, seen, stages, costs, triggers, handoffs } = embedded.words;
    expect(handoffs.length).toBeGreaterThan(2);
    expect(costs[0]?.length).toBeGreaterThan(5);
    expect(seen.filter(([, { own_at }]) => own_at !== null).length).toBeGreaterThan(10);
    // some were sent, some kept back; visitors became known, and some are closed for mail
    expect(new Set(triggers.map(({ suppressed_by }) => suppressed_by)).size).toBeGreaterThan(2);
    expect(new Set(stages.map(([, stage]) => stage)).size).toBeGreaterThan(3);
    expect(stages.some(([, stage]) => stage === '')).toBe(true);
    expect(facts.some(([, { consents }]) => consents.some(({ open }) => !open))).toBe(true);
  },
  240_000,
);
