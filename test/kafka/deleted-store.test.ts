import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { generate } from '#app/generator/generate';
import type { KeptRecord } from '#app/verify/topic';
import { TOPICS, type TriggerMessage } from '#schemas/topics';
import {
  askWell,
  dataFolder,
  handOver,
  type Installation,
  install,
  runServices,
  startServices,
} from '#test/kafka/given';
import { becomesMql } from '#test/kafka/lead';
import { recordsOf } from '#test/kafka/records';
import { type Command, endAll, leadstream } from '#test/process/command';
import { FILE_END } from '#test/process/events-file';
import { freePort } from '../../infra/kafka/port.ts';

afterEach(endAll);

/** By what a store of each is folded again: its input, or what the decider has written. */
const FOLDED_FROM = {
  identify: TOPICS.activity,
  score: TOPICS.activity,
  stage: TOPICS.scores,
  trigger: TOPICS.stages,
  handoff: TOPICS.handoffs,
  'analyze-stages': TOPICS.stages,
  'follow-score': TOPICS.activity,
  'follow-identify': TOPICS.activity,
} as const;

const WRITTEN = Object.values(TOPICS).filter((topic) => topic !== TOPICS.events);

/** Everything that services have written, by topic. */
async function written(at: Installation): Promise<Map<string, KeptRecord<unknown>[]>> {
  const read = WRITTEN.map(async (topic) => [topic, await recordsOf<unknown>(at, topic)] as const);
  return new Map(await Promise.all(read));
}

/** What /readyz says is being restored, from the first answer until everything is ready. */
async function untilReady(url: string, command: Command): Promise<readonly string[]> {
  const told = new Set<string>();
  while (command.isRunning()) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return [...told];
    const { detail = '' } = ((await answer?.json()) ?? {}) as { readonly detail?: string };
    for (const part of detail.split('; ')) if (part.includes(' is restoring: ')) told.add(part);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`it ended: ${command.said()}`);
}

/** Of each task, how much of its store was restored and how much there was, as Prometheus reads it. */
async function restored(url: string): Promise<ReadonlyMap<string, readonly [done: number, total: number]>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sample = /^leadstream_restore_records_(done|total)\{service="([^"]+)",partition="0"\} (\d+)$/gm;
  const found = new Map<string, [number, number]>();
  for (const [, which, service = '', value] of text.matchAll(sample)) {
    const [done, total] = found.get(service) ?? [0, 0];
    found.set(service, which === 'done' ? [Number(value), total] : [done, Number(value)]);
  }
  return found;
}

test('services killed and without their stores fold them again, say how far they are, and write nothing twice', async () => {
  const at = await install(1);
  const data = join(dataFolder(), 'data');
  const first = await runServices(at, [], data);
  const file = join(dirname(data), 'events.ndjson');
  writeFileSync(file, [...generate({ leads: 100, days: 60, seed: 21, end: FILE_END })].join(''));
  const imported = await leadstream('import', file, '--kafka', '--data', data, ...at.flags, '--registry', at.registry);
  expect(imported).toMatchObject({ end: 0 });
  await becomesMql(first.url, data, 'ann');
  await first.kill('SIGKILL');
  const before = await written(at);

  rmSync(join(data, 'stores'), { recursive: true });
  const port = await freePort();
  const again = startServices(at, [], data, '--port', String(port));
  const url = `http://127.0.0.1:${port}`;
  const told = await untilReady(url, again);
  expect(told).toContainEqual(expect.stringMatching(/^[\w-]+-0 is restoring: \d+ of \d+ records$/));
  await again.printed(/Leadstream runs/);
  const progress = await restored(url);
  for (const [service, topic] of Object.entries(FOLDED_FROM)) {
    const [done = -1, total = 0] = progress.get(service) ?? [];
    // all that was written, but for the last records that its service had not committed yet when it was killed
    expect([service, done, total > (before.get(topic)?.length ?? 0) * 0.9]).toEqual([service, total, true]);
    expect(again.said()).toMatch(
      new RegExp(
        `"service":"${service}","partition":0,"done":0,"total":${total},"msg":"restoring the store from the log"`,
      ),
    );
  }

  await becomesMql(url, data, 'bob');
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  const after = await written(at);
  for (const [topic, records] of before) {
    expect([topic, after.get(topic)?.slice(0, records.length)]).toEqual([topic, records]);
  }
  const triggers = (after.get(TOPICS.triggers) ?? []) as KeptRecord<TriggerMessage>[];
  const ids = triggers.map(({ value }) => value.value.trigger_id);
  expect(new Set(ids).size).toBe(ids.length);
  await handOver(again);
}, 240_000);
