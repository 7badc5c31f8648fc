import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { generate } from '#app/generator/generate';
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
import { asAdmin, brokerEnds, recordsOf } from '#test/kafka/records';
import { endAll, leadstream } from '#test/process/command';
import { FILE_END } from '#test/process/events-file';

afterEach(endAll);

/** What a group has committed, by topic and partition: offset and cursor. */
async function committedBy(at: Installation, service: string): Promise<Readonly<Record<string, string>>> {
  const found = await asAdmin(at, (admin) => admin.fetchOffsets({ groupId: `${at.prefix}${service}` }));
  const entries = found.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset, metadata }) => [`${topic}/${partition}`, `${offset} ${metadata}`]),
  );
  return Object.fromEntries(entries);
}

/** Each service alone ends with one line that names the way out; nothing at all is written. */
async function expectRefused(at: Installation, data: string, services: readonly string[]): Promise<void> {
  const ends = await brokerEnds(at);
  const refused = await Promise.all(services.map((service) => startServices(at, [service], data).ended));
  for (const [i, service] of services.entries()) {
    expect([service, refused[i]?.end, refused[i]?.out]).toEqual([service, 1, '']);
    expect(refused[i]?.err).toMatch(/^leadstream: [^\n]* is gone, and starting from 0 [^\n]*\n$/);
    expect(refused[i]?.err.endsWith(`with: leadstream recover ${service}\n`)).toBe(true);
  }
  expect(await brokerEnds(at)).toEqual(ends);
}

async function recovered(at: Installation, services: readonly string[]): Promise<void> {
  const outcomes = await Promise.all(
    services.map((service) => leadstream('recover', service, ...at.flags, '--registry', at.registry)),
  );
  for (const [i, service] of services.entries()) {
    expect([service, outcomes[i]?.end]).toEqual([service, 0]);
    expect(outcomes[i]?.out).toContain(`Recovered the positions of ${service}; it can be started again.\n`);
  }
}

/** Goes on with new leads; nothing that was sent before is sent again. */
async function expectToGoOn(at: Installation, parts: readonly string[], data: string, userId: string): Promise<void> {
  const again = await runServices(at, parts, data);
  await becomesMql(again.url, data, userId);
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  const triggers = await recordsOf<TriggerMessage>(at, TOPICS.triggers);
  const ids = triggers.flatMap(({ value }) => (value.type === 'Trigger' ? [value.value.trigger_id] : []));
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(ids.length);
  await handOver(again);
}

test('services whose offsets are gone refuse to start, go on after recover, and send nothing twice', async () => {
  const at = await install(2);
  const data = join(dataFolder(), 'data');
  const running = await runServices(at, [], data);
  const file = join(dirname(data), 'events.ndjson');
  writeFileSync(file, [...generate({ leads: 40, days: 30, seed: 11, end: FILE_END })].join(''));
  const imported = await leadstream('import', file, '--kafka', '--data', data, ...at.flags, '--registry', at.registry);
  expect(imported).toMatchObject({ end: 0 });
  await becomesMql(running.url, data, 'ann');
  await handOver(running);

  const folds = ['score', 'stage', 'trigger'];
  const services = [...folds, 'identify', 'handoff'];
  const before = await Promise.all(folds.map((fold) => committedBy(at, fold)));
  await asAdmin(at, (admin) => admin.deleteGroups(services.map((service) => `${at.prefix}${service}`)));
  await expectRefused(at, data, services);
  await recovered(at, services);
  expect(await Promise.all(folds.map((fold) => committedBy(at, fold)))).toEqual(before);
  await expectToGoOn(at, [], data, 'bob');
}, 300_000);

const CHAINED = ['collect', 'identify', 'score+stage+trigger', 'handoff', 'analyze', 'dashboard'];

const ANALYSTS = ['analyze-stages', 'analyze-triggers', 'analyze-handoffs', 'analyze-dead-letters'];

test('so does a chain of folds; analyze starts over by itself, with the same rows', async () => {
  const at = await install(2);
  const data = join(dataFolder(), 'data');
  const running = await runServices(at, CHAINED, data);
  await becomesMql(running.url, data, 'ann');
  await handOver(running);

  const chain = 'score+stage+trigger';
  const before = await committedBy(at, chain);
  await asAdmin(at, (admin) => admin.deleteGroups([chain, ...ANALYSTS].map((service) => `${at.prefix}${service}`)));
  await expectRefused(at, data, [chain]);
  await recovered(at, [chain]);
  expect(await committedBy(at, chain)).toEqual(before);
  await expectToGoOn(at, CHAINED, data, 'bob');
}, 300_000);
