import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startBroker } from '../../infra/kafka/broker.ts';
import { freePort } from '../../infra/kafka/port.ts';
import { startRegistry } from '../../infra/kafka/registry/registry.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The broker and the schema registry that all tests of a run share: name topics and groups apart. */
    kafka: { readonly brokers: readonly string[]; readonly registry: string };
  }
}

/** Starts them before the first test. Rejects, which fails the run, when they cannot be started. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-kafka-'));
  const lines: string[] = [];
  const broker = await startBroker({
    dir,
    port: await freePort(),
    controllerPort: await freePort(),
    onLog: (line) => lines.push(line),
    onFetch: () => process.stdout.write('fetching the jars of Kafka, a minute the first time\n'),
  }).catch(async (error) => {
    await rm(dir, { recursive: true, force: true });
    throw error;
  });
  const registry = await startRegistry({ port: 0 });
  project.provide('kafka', { brokers: [broker.address], registry: registry.url });
  let stopping = false;
  void broker.exited.then((how) => {
    if (!stopping) process.stderr.write(`the broker of the tests ended (${how}):\n${lines.slice(-40).join('\n')}\n`);
  });
  return async () => {
    stopping = true;
    await registry.close();
    await broker.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
