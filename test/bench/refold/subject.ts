import { deciderTask, foldTask, type RunnerOptions } from '#lib/flow/runner';
import { foldTaskName } from '#lib/flow/start-over';
import type { Task } from '#lib/flow/task';
import { foldTopology } from '#lib/flow/topology';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';
import { score } from '#test/bench/kafka-streams/folds/score';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';

/** Whose stores are deleted: the score of the bench beside Kafka Streams, or a service of the pipeline. */
export const SUBJECTS = ['bench', 'score', 'identify'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** A service whose stores are to be folded again. */
export interface Refolded {
  /** What it folds: of identify, its own outputs. */
  readonly topic: string;
  /** Topics that its log must know. */
  readonly topics: readonly string[];
  /** Its task names, and what their positions are of. */
  readonly places: readonly { readonly task: string; readonly topic: string; readonly partition: number }[];
  tasks(running: RunnerOptions): readonly Task[];
}

const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

export function refolded(subject: Subject): Refolded {
  const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: PARTITIONS, tickEvery: 1e4 });
  if (subject === 'identify') {
    return {
      topic: TOPICS.activity,
      topics: [TOPICS.events, TOPICS.activity, TOPICS.joins, TOPICS.deadLetters],
      places: [
        { task: 'identify-0', topic: TOPICS.events, partition: 0 },
        ...partitions.map((partition) => ({ task: 'identify-0', topic: TOPICS.joins, partition })),
      ],
      tasks: (running) => [deciderTask(running, pipeline.identify, undefined)],
    };
  }
  const fold =
    subject === 'score'
      ? pipeline.folds[0]
      : foldTopology({ service: 'bench', input: INPUT, output: TOPICS.scores, fold: score });
  return {
    topic: fold.input,
    topics: [fold.input, TOPICS.scores],
    places: partitions.map((partition) => ({ task: foldTaskName([fold], partition), topic: fold.input, partition })),
    tasks: (running) => partitions.map((partition) => foldTask(running, [fold], partition)),
  };
}
