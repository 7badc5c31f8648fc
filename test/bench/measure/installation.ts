import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { PARTS } from '#app/kafka/parts';
import { freePort } from '#infra/kafka/port';
import type { BenchCluster } from '#test/bench/measure/cluster';
import { type Command, type Ended, leadstream, startLeadstream } from '#test/process/command';

/** The services that each process of an installation runs. */
export type Layout = readonly (readonly string[])[];

export const ONE_PROCESS: Layout = [PARTS];

/** Only the tables and who asks them share one. */
export const A_PROCESS_EACH: Layout = [
  ...PARTS.filter((part) => part !== 'analyze' && part !== 'dashboard').map((part) => [part]),
  ['analyze', 'dashboard'],
];

/** All services on a cluster, with topics of their own. */
export interface Installation {
  readonly prefix: string;
  /** Of collect. */
  readonly url: string;
  /** Of the process that has the tables; other commands name it. */
  readonly data: string;
  /** The flags that every command for it takes, but for --data. */
  readonly flags: readonly string[];
  stop(): Promise<void>;
}

/** Resolves when all services work. */
export async function install(
  { dir, broker, registryUrl }: BenchCluster,
  layout: Layout,
  topicFlags: readonly string[] = [],
): Promise<Installation> {
  const prefix = `bench-${randomUUID().slice(0, 8)}.`;
  const cluster = ['--brokers', broker.address, '--prefix', prefix];
  const flags = [...cluster, '--registry', registryUrl];
  await well(leadstream('topics', ...cluster, ...topicFlags));
  const data = join(dir, prefix);
  const commands: Command[] = [];
  const stop = async () => {
    await Promise.all(commands.map((command) => command.kill('SIGTERM')));
  };
  try {
    const urls = await Promise.all(
      layout.map(async (parts) => {
        const command = startLeadstream('run', ...parts, ...flags, '--data', data, '--port', String(await freePort()));
        commands.push(command);
        const [, url = ''] = await command.printed(/Leadstream runs .*?: (\S+) /);
        return { parts, url };
      }),
    );
    const url = urls.find(({ parts }) => parts.includes('collect'))?.url ?? '';
    return { prefix, url, data, flags, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a command has printed. Rejects when it failed. */
export async function well(ending: Promise<Ended>): Promise<string> {
  const { end, out, err } = await ending;
  if (end !== 0) throw new Error(`a command of leadstream ended with ${end}: ${err}`);
  return out;
}
