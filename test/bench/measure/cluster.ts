import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin, Kafka } from 'kafkajs';
import { startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { startRegistry } from '#infra/kafka/registry/registry';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';

/** A broker and a registry for one bench, and a folder that goes with them. */
export interface BenchCluster {
  readonly dir: string;
  readonly broker: { readonly address: string; readonly pid: number };
  readonly registryUrl: string;
  readonly registry: RemoteRegistry;
  readonly kafka: Kafka;
  readonly admin: Admin;
  close(): Promise<void>;
}

export async function openCluster(name: string): Promise<BenchCluster> {
  const dir = await mkdtemp(join(tmpdir(), `leadstream-${name}-`));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const ports = { port: await freePort(), controllerPort: await freePort() };
    const broker = await startBroker({ dir: join(dir, 'kafka'), ...ports });
    closing.push(() => broker.stop());
    const http = await startRegistry({ port: 0 });
    closing.push(() => http.close());
    const registry = await connectRegistry({ url: http.url, prefix: '', register: true, clock: systemClock });
    closing.push(async () => registry.close());
    const kafka = createClient({ ...KAFKA_DEFAULTS, brokers: [broker.address] });
    const admin = kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
    return { dir, broker, registryUrl: http.url, registry, kafka, admin, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
