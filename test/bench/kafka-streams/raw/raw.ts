import type { Admin } from 'kafkajs';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';
import { askChild } from '#test/bench/measure/child';
import { line, spread } from '#test/bench/measure/figures';
import type { Codec } from '#test/bench/measure/kafka-settings';

/** What a child is told: read all partitions, and maybe copy them into a topic. */
export interface RawTask {
  readonly brokers: readonly string[];
  readonly events: number;
  readonly into: string | undefined;
  readonly compression: Codec;
}

/** What the client alone can do in one process, without Avro, folds and stores. */
export async function rawLimits(options: {
  readonly brokers: string;
  readonly events: number;
  readonly runs: number;
  readonly admin: Admin;
  readonly compression: Codec;
}): Promise<void> {
  const fetched: number[] = [];
  const copied: number[] = [];
  for (let run = 0; run < options.runs; run++) {
    const into = `bench.raw-${run}`;
    await options.admin.createTopics({ topics: [{ topic: into, numPartitions: PARTITIONS }] });
    const task = { brokers: [options.brokers], events: options.events, compression: options.compression };
    fetched.push(await rateOf({ ...task, into: undefined }));
    copied.push(await rateOf({ ...task, into }));
    await options.admin.deleteTopics({ topics: [into] });
  }
  line('our client: fetching only, records/s', spread(fetched));
  line('our client: fetching and writing in transactions, records/s', spread(copied));
}

async function rateOf(task: RawTask): Promise<number> {
  const took = await askChild<number>('raw-child.ts', import.meta.url, task);
  return (1000 * task.events) / took;
}
