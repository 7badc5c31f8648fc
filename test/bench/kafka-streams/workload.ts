import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import { score, stateOnly } from '#test/bench/kafka-streams/folds/score';
import { stage } from '#test/bench/kafka-streams/folds/stage';
import { trigger } from '#test/bench/kafka-streams/folds/trigger';

export const PARTITIONS = 4;
export const INPUT = 'bench.events';

/** What is measured: see README.md. */
export const WORKLOADS = ['state', 'scores', 'pipeline'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The topics that one run writes, in the order of the data. */
export interface RunTopics {
  readonly scores: string;
  readonly stages: string;
  readonly triggers: string;
}

export function topicsOf(run: string): RunTopics {
  return { scores: `bench.${run}.scores`, stages: `bench.${run}.stages`, triggers: `bench.${run}.triggers` };
}

export function outputsOf(workload: Workload, { scores, stages, triggers }: RunTopics): readonly string[] {
  if (workload === 'state') return [];
  return workload === 'scores' ? [scores] : [scores, stages, triggers];
}

/** Folds that run in one task. */
export type Chain = readonly [FoldTopology, ...FoldTopology[]];

/** The chains of a run, each a service with a group of its own. `chained`: folds in a row are one service. */
export function chainsOf(workload: Workload, run: string, chained: boolean): readonly Chain[] {
  const { scores, stages, triggers } = topicsOf(run);
  const service = (name: string) => `${run}-${name}`;
  const only = foldTopology({ service: service('state'), input: INPUT, output: undefined, fold: stateOnly });
  if (workload === 'state') return [[only]];
  const first = foldTopology({ service: service('score'), input: INPUT, output: scores, fold: score });
  if (workload === 'scores') return [[first]];
  const second = foldTopology({ service: service('stage'), input: scores, output: stages, fold: stage });
  const third = foldTopology({ service: service('trigger'), input: stages, output: triggers, fold: trigger });
  return chained ? [[first, second, third]] : [[first], [second], [third]];
}

/** The consumer group of a chain. */
export function groupOf(chain: Chain): string {
  return chain.map(({ service }) => service).join('+');
}
