import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import { startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { startRegistry } from '#infra/kafka/registry/registry';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';
import { patiently } from '#lib/log/kafka/topics/patience';
import { kafkaSettings } from '#test/bench/measure/kafka-settings';

/** A broker and a registry for one bench, and a folder that goes with them. */
export interface BenchCluster {
  readonly dir: string;
  /** `data`: its folder of topics. */
  readonly broker: { readonly address: string; readonly pid: number; readonly data: string };
  readonly registryUrl: string;
  readonly registry: RemoteRegistry;
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** Resolves when they can be written; a busy broker may deny one that it has just made. */
  createTopics(topics: readonly ITopicConfig[]): Promise<void>;
}

/** Runs work on a cluster of its own, which is gone afterwards. */
export async function withCluster(name: string, work: (cluster: BenchCluster) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), `leadstream-${name}-`));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const ports = { port: await freePort(), controllerPort: await freePort() };
    const own = join(dir, 'kafka');
    const { address, pid, stop } = await startBroker({ dir: own, ...ports });
    closing.push(stop);
    const http = await startRegistry({ port: 0 });
    closing.push(() => http.close());
    const registry = await connectRegistry({ url: http.url, prefix: '', register: true, clock: systemClock });
    closing.push(async () => registry.close());
    const kafka = createClient(kafkaSettings([address]));
    const admin = kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
    const broker = { address, pid, data: join(own, 'data') };
    const createTopics = async (topics: readonly ITopicConfig[]) => {
      await patiently(() => admin.createTopics({ topics: [...topics] }), isMomentary);
    };
    await work({ dir, broker, registryUrl: http.url, registry, kafka, admin, createTopics });
  } finally {
    for (const step of closing.reverse()) await step();
  }
}

/** Told by a broker that does the same a moment later. */
export function isMomentary(thrown: unknown): boolean {
  return thrown instanceof Error && 'retriable' in thrown && thrown.retriable === true;
}
