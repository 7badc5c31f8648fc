import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { createScoreFold } from '#services/score/fold';
import { type Chain, chainsOf, INPUT } from '#test/bench/kafka-streams/workload';

/** What a child folds. */
export const FOLDS = ['state', 'scores', 'pipeline', 'real score'] as const;
export type FoldName = (typeof FOLDS)[number];

export interface FoldCase {
  /** 'nothing': records are read and let go. */
  readonly fold: FoldName | 'nothing';
  readonly events: number;
  readonly leads: number;
}

/** The workloads of the bench against Kafka Streams, and the fold that score runs with the model that comes along. */
export function chainOf(fold: FoldCase['fold']): Chain {
  if (fold === 'real score') return [realScore()];
  const [chain] = chainsOf(fold === 'nothing' ? 'state' : fold, 'fold', true);
  if (chain === undefined) throw new Error(`${fold} has no chain`);
  return chain;
}

function realScore(): FoldTopology {
  const fold = createScoreFold({ compile: createCompiler(), hash: sha256 });
  return foldTopology({ service: 'real-score', input: INPUT, output: 'bench.fold.scores', fold });
}
