import { PARTITIONS } from '#test/bench/kafka-streams/workload';
import { askChild } from '#test/bench/measure/child';
import type { BenchCluster } from '#test/bench/measure/cluster';
import { line, spread } from '#test/bench/measure/figures';

/** What a child is told: read all partitions, and maybe copy them into a topic. */
export interface RawTask {
  readonly brokers: readonly string[];
  readonly events: number;
  readonly into: string | undefined;
}

/** What the client alone can do in one process, without Avro, folds and stores. */
export async function rawLimits(
  { broker, admin, createTopics }: BenchCluster,
  events: number,
  runs: number,
): Promise<void> {
  const fetched: number[] = [];
  const copied: number[] = [];
  for (let run = 0; run < runs; run++) {
    const into = `bench.raw-${run}`;
    await createTopics([{ topic: into, numPartitions: PARTITIONS }]);
    const task = { brokers: [broker.address], events };
    fetched.push(await rateOf({ ...task, into: undefined }));
    copied.push(await rateOf({ ...task, into }));
    await admin.deleteTopics({ topics: [into] });
  }
  line('our client: fetching only, records/s', spread(fetched));
  line('our client: fetching and writing in transactions, records/s', spread(copied));
}

async function rateOf(task: RawTask): Promise<number> {
  const took = await askChild<number>('raw-child.ts', import.meta.url, task);
  return (1000 * task.events) / took;
}
