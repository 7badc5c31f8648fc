import { startOurs } from '#test/bench/kafka-streams/sides/ours';
import type { Given, Running } from '#test/bench/kafka-streams/sides/side';
import type { Streams } from '#test/bench/kafka-streams/sides/streams';
import type { Workload } from '#test/bench/kafka-streams/workload';
import type { Codec } from '#test/bench/measure/kafka-settings';

/** One way to run a side. */
export interface Variant {
  readonly name: string;
  readonly start: (run: string, workload: Workload, given: Given) => Promise<Running>;
}

/** With one thread, with two, … */
export function streamsVariants(streams: Streams, width: number, compression: Codec): readonly Variant[] {
  return upTo(width).map((threads) => ({
    name: `Kafka Streams, ${counted(threads, 'thread', 'threads')}`,
    start: (run, workload, given) => streams.start(given, { run, workload, threads, compression }),
  }));
}

/** All folds in one process, in two, …; of several folds also as services of their own. `flags`: of Node. */
export function ourVariants(workload: Workload, width: number, flags: readonly string[]): readonly Variant[] {
  const variant = (name: string, chained: boolean, processes: number | 'each'): Variant => ({
    name,
    start: (run, work, given) => startOurs(given, { run, workload: work, chained, processes, flags }),
  });
  const name = workload === 'pipeline' ? 'ours chained' : 'ours';
  const chained = upTo(width).map((processes) =>
    variant(`${name}, ${counted(processes, 'process', 'processes')}`, true, processes),
  );
  if (workload !== 'pipeline') return chained;
  return [
    ...chained,
    variant('ours separate, 1 process', false, 1),
    variant('ours separate, 3 processes', false, 'each'),
  ];
}

function upTo(most: number): readonly number[] {
  return Array.from({ length: most }, (_, n) => n + 1);
}

function counted(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
