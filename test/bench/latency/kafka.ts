import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { PARTS } from '#app/kafka/parts';
import { startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { startRegistry } from '#infra/kafka/registry/registry';
import { systemClock } from '#lib/clock/system';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { TOPICS } from '#schemas/topics';
import { sample } from '#test/bench/latency/sample';
import { type Command, endAll, leadstream, startLeadstream } from '#test/process/command';

interface Cluster {
  readonly dir: string;
  readonly broker: string;
  readonly registry: string;
}

/** A broker of its own, once with all services in one process, once with a process for each. */
export async function measureKafka(dir: string, samples: number): Promise<void> {
  const ports = { port: await freePort(), controllerPort: await freePort() };
  const broker = await startBroker({ dir: join(dir, 'kafka'), ...ports });
  const registry = await startRegistry({ port: 0 });
  const cluster = { dir, broker: broker.address, registry: registry.url };
  try {
    await measure('Kafka, one process', [['collect', ...PARTS.slice(1)]], cluster, samples);
    const apart = PARTS.filter((part) => part !== 'analyze' && part !== 'dashboard').map((part) => [part]);
    await measure('Kafka, a process for each service', [...apart, ['analyze', 'dashboard']], cluster, samples);
  } finally {
    await endAll();
    await registry.close();
    await broker.stop();
  }
}

async function measure(
  what: string,
  layout: readonly (readonly string[])[],
  { dir, broker, registry }: Cluster,
  samples: number,
): Promise<void> {
  const prefix = `latency-${randomUUID().slice(0, 8)}.`;
  const cluster = ['--brokers', broker, '--prefix', prefix];
  await leadstream('topics', ...cluster);
  const data = join(dir, prefix);
  const commands = await Promise.all(
    layout.map(async (parts) => {
      const own = ['--registry', registry, '--data', data, '--port', String(await freePort())];
      const command = startLeadstream('run', ...parts, ...cluster, ...own);
      return { parts, command, url: (await command.printed(/Leadstream runs .*?: (\S+) /))[1] ?? '' };
    }),
  );
  const url = commands.find(({ parts }) => parts.includes('collect'))?.url ?? '';
  await leadstream('apply', '--data', data);
  const log = await openKafkaLog({
    settings: { ...KAFKA_DEFAULTS, brokers: [broker], prefix },
    registry: () => connectRegistry({ url: registry, prefix, register: false, clock: systemClock }),
    clock: systemClock,
    topics: [TOPICS.triggers, TOPICS.handoffs],
  });
  try {
    await sample(what, url, log, samples);
  } finally {
    await log.close();
    await Promise.all(commands.map(({ command }: { command: Command }) => command.kill('SIGTERM')));
  }
}
