import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { dataFolder, type Installation } from '#test/kafka/given';
import { asAdmin, brokerEnds } from '#test/kafka/records';
import { leadstream } from '#test/process/command';

/** From the command to its end, ms; most of it is Node and TypeScript on a busy machine. */
const SOON = 15_000;
/** The registry may be about to start: it is waited for. */
const PATIENT = 25_000;

/** `leadstream run …` says one line on standard error, nothing else, and ends with 1. */
export async function refusal(at: Installation, parts: readonly string[], ...more: readonly string[]): Promise<string> {
  const data = join(dataFolder(), 'data');
  const args = ['run', ...parts, ...at.flags, '--registry', at.registry, '--port', '0', '--data', data, ...more];
  const began = performance.now();
  const { end, out, err } = await leadstream(...args);
  expect([end, out, err.match(/\n/g)?.length]).toEqual([1, '', 1]);
  expect(performance.now() - began).toBeLessThan(more.includes('--registry') ? PATIENT : SOON);
  expect(existsSync(join(data, 'stores'))).toBe(false);
  return err;
}

/** Groups and records of an installation: nobody joined and nothing was written, if they are the same afterwards. */
export async function traces(at: Installation): Promise<unknown> {
  const groups = await asAdmin(at, (admin) => admin.listGroups());
  const own = groups.groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(at.prefix));
  return { groups: own.sort(), ends: await brokerEnds(at) };
}
