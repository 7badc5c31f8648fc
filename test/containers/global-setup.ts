import { getContainerRuntimeClient } from 'testcontainers';
import type { TestProject } from 'vitest/node';
import { type ClickHouseAccess, startClickHouse } from './clickhouse.ts';
import { startKafka } from './kafka.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** What all tests of a run share: name topics and databases apart. */
    containers: { readonly brokers: readonly string[]; readonly clickhouse: ClickHouseAccess };
  }
}

/** Starts the containers before the first test. Rejects, which fails the run, when no container engine answers. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await getContainerRuntimeClient().catch(() => {
    throw plain('no container engine answers: start Docker, or set DOCKER_HOST; these tests need containers');
  });
  const clickhouse = await startClickHouse();
  try {
    const kafka = await startKafka();
    project.provide('containers', { brokers: [kafka.broker], clickhouse: clickhouse.access });
    return async () => {
      await Promise.all([kafka.stop(), clickhouse.stop()]);
    };
  } catch (thrown) {
    await clickhouse.stop();
    throw thrown;
  }
}

/** An error whose message says it all. */
function plain(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}
