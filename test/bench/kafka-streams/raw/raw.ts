import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Admin } from 'kafkajs';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';
import { line, spread } from '#test/bench/measure/figures';

/** What a child is told: read all partitions, and maybe copy them into a topic. */
export interface RawChild {
  readonly brokers: readonly string[];
  readonly events: number;
  readonly into: string | undefined;
}

const CHILD = fileURLToPath(new URL('raw-child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../../bin/typescript.mjs', import.meta.url));

/** What the client alone can do in one process, without Avro, folds and stores. */
export async function rawLimits(options: {
  readonly brokers: string;
  readonly events: number;
  readonly runs: number;
  readonly admin: Admin;
}): Promise<void> {
  const fetched: number[] = [];
  const copied: number[] = [];
  for (let run = 0; run < options.runs; run++) {
    const into = `bench.raw-${run}`;
    await options.admin.createTopics({ topics: [{ topic: into, numPartitions: PARTITIONS }] });
    const child = { brokers: [options.brokers], events: options.events };
    fetched.push(await rateOf({ ...child, into: undefined }));
    copied.push(await rateOf({ ...child, into }));
    await options.admin.deleteTopics({ topics: [into] });
  }
  line('our client: fetching only, records/s', spread(fetched));
  line('our client: fetching and writing in transactions, records/s', spread(copied));
}

async function rateOf(task: RawChild): Promise<number> {
  const child = fork(CHILD, [JSON.stringify(task)], { execArgv: ['--import', TYPESCRIPT] });
  const exited = once(child, 'exit');
  const [took] = await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('reading without folds failed'))),
  ]);
  await exited;
  return (1000 * task.events) / Number(took);
}
