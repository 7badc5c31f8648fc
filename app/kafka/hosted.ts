import type { Runnable } from '#app/kafka/parts';
import type { Log, Sharing } from '#lib/flow/log';
import { deciderTask, foldTask, type RunnerOptions, sinkTask } from '#lib/flow/runner';
import { foldTaskName } from '#lib/flow/start-over';
import type { Task } from '#lib/flow/task';
import { type DeciderTopology, type FoldTopology, topicsOf } from '#lib/flow/topology';
import type { Pipeline } from '#services/pipeline';

/** A service as its group sees it. */
export interface Hosted {
  /** Its name and that of its group. */
  readonly service: string;
  readonly sharing: Sharing;
  /** Topics that hold what it has decided; empty: it may start over at any time. */
  readonly writes: readonly string[];
  /** The name of a share's task. */
  readonly nameOf: (share: number) => string;
  readonly taskOf: (share: number, options: RunnerOptions) => Task;
}

/** Timers run to this, whatever else flows, ms. */
export const TICK_EVERY = 10_000;

/** Least time between two inserts of a table, ms: fresh enough for an eye, and large enough for ClickHouse. */
const LINGER = 250;

/** The services behind a part of an instance. */
export function hostedBy(part: Runnable, pipeline: Pipeline, log: Log): readonly Hosted[] {
  const [score, stage, trigger] = pipeline.folds;
  switch (part) {
    case 'collect':
    case 'dashboard':
      return [];
    case 'identify':
      return [decider(pipeline.identify, TICK_EVERY)];
    case 'handoff':
      return [decider(pipeline.handoff, undefined)];
    case 'score':
      return [folds([score], log)];
    case 'stage':
      return stage === undefined ? [] : [folds([stage], log)];
    case 'trigger':
      return trigger === undefined ? [] : [folds([trigger], log)];
    case 'score+stage+trigger':
      return [folds(pipeline.folds, log)];
    case 'analyze':
      return pipeline.analyze.map((topology) => sink(topology, log));
  }
}

/** One shard: all partitions go to one member, the others stand by. */
function decider(topology: DeciderTopology, tickEvery: number | undefined): Hosted {
  const { service, inputs } = topology;
  return {
    service,
    sharing: { topics: inputs, shares: 1 },
    writes: topology.outputs,
    nameOf: (share) => `${service}-${share}`,
    taskOf: (_share, options) => deciderTask(options, topology, tickEvery),
  };
}

function folds(chain: readonly [FoldTopology, ...FoldTopology[]], log: Log): Hosted {
  const [{ input }] = chain;
  return {
    service: chain.map(({ service }) => service).join('+'),
    sharing: { topics: [input], shares: log.partitions(input) },
    writes: chain.flatMap(topicsOf),
    nameOf: (share) => foldTaskName(chain, share),
    taskOf: (share, options) => foldTask(options, chain, share),
  };
}

function sink(topology: FoldTopology, log: Log): Hosted {
  const { service, input } = topology;
  return {
    service,
    sharing: { topics: [input], shares: log.partitions(input) },
    writes: [],
    nameOf: (share) => foldTaskName([topology], share),
    taskOf: (share, options) => sinkTask(options, topology, share, { linger: LINGER }),
  };
}
