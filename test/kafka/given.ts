import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, onTestFinished, vi } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { ask } from '#test/process/ask';
import { type Command, startLeadstream } from '#test/process/command';

/** An installation that nobody else has, on the broker of all tests: a prefix of its own begins all its names there. */
export interface Installation {
  readonly prefix: string;
  /** The flags that every command of it takes. */
  readonly flags: readonly string[];
  readonly brokers: readonly string[];
  readonly registry: string;
}

/** Topics that are not there yet. */
export function newInstallation({ brokers, registry } = inject('kafka')): Installation {
  const prefix = `e2e-${randomUUID().slice(0, 8)}.`;
  const flags = ['--brokers', brokers.join(','), '--prefix', prefix];
  return { prefix, flags, brokers, registry };
}

/** With topics as `leadstream topics` makes them. */
export async function install(partitions = 4): Promise<Installation> {
  const installation = newInstallation();
  const { end, err } = await ask('topics', ...installation.flags, '--partitions', String(partitions));
  expect([end, err]).toEqual([0, '']);
  return installation;
}

/** A folder for the data of a test's instances; gone with the test. */
export function dataFolder(): string {
  const folder: TestFolder = testFolder();
  onTestFinished(() => folder.remove());
  return folder.dir;
}

/** `leadstream run …` that has joined all its groups. */
export interface Running extends Command {
  /** Where it answers HTTP: collect, the dashboard, health. */
  readonly url: string;
}

/** Services without a port of their own choosing; nothing waits for them. */
export function startServices(
  { flags, registry }: Pick<Installation, 'flags' | 'registry'>,
  parts: readonly string[],
  data: string,
  ...more: readonly string[]
): Command {
  return startLeadstream('run', ...parts, ...flags, '--registry', registry, '--data', data, '--port', '0', ...more);
}

/** All services, or those that are named, in one process. Resolves when it says where it answers. */
export async function runServices(
  installation: Pick<Installation, 'flags' | 'registry'>,
  parts: readonly string[],
  data: string,
): Promise<Running> {
  const command = startServices(installation, parts, data);
  const [, url = ''] = await command.printed(/Leadstream runs [^:]*: (\S+) /);
  return { ...command, url };
}

/**
 * Resolves when all services, in one process that runs alone, are at work on all partitions. Before, a process without tasks is ready, as
 * one that stands by, and a service that never began has nothing to do.
 */
export async function allAtWork({ said }: Pick<Command, 'said'>, partitions: number): Promise<void> {
  const opened = () =>
    said()
      .split('\n')
      .filter((line) => line.includes('"msg":"opened"') && !line.includes('"service":"follow-'))
      .map((line) => /"service":"[^"]+","partition":\d+/.exec(line)?.[0]);
  // identify, handoff and the dead letters have one task, and six folds one for each partition
  await vi.waitFor(() => expect(new Set(opened()).size).toBe(3 + 6 * partitions), { timeout: 60_000, interval: 100 });
}

/** SIGTERM; resolves when it has handed over and ended in order. */
export async function handOver(...running: readonly Command[]): Promise<void> {
  for (const { end, err } of await Promise.all(running.map((one) => one.kill('SIGTERM')))) {
    expect([end, err.match(/^leadstream: .*$/m)?.[0]]).toEqual([0, undefined]);
  }
}

/** A client in any publisher's or consumer's style: nothing of ours. */
export function plainClient({ brokers }: Pick<Installation, 'brokers'>): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 8 } });
}

/** Answers that are not 200 fail the test. */
export async function post(url: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, answer.status, await answer.json()]).toEqual([path, 200, { success: true }]);
}

/** Asks the instance that owns a folder, and expects it to do what it is asked. */
export async function askWell(...args: readonly string[]): Promise<string> {
  const { end, out, err } = await ask(...args);
  expect([args[0], end, end === 0 ? '' : err]).toEqual([args[0], 0, '']);
  return out;
}
