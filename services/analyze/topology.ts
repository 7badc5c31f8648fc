import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import { TOPICS } from '#schemas/topics';
import { type AnalyzeDeps, createAnalyzeFolds } from '#services/analyze/fold';
import { counterRow } from '#services/analyze/funnel';

/**
 * Four topologies, one per topic that analyze reads: each has tasks of its own, under its own name. All write rows to the
 * sink.
 *
 * The counters of a bucket are state of the task, kept and restored with its leads: the runtime adds each step's
 * `counters` to them and writes one row with the absolute values per bucket touched in a commit. It must never forget a
 * bucket, also when all its values are 0: `changes` among them is the row's version and must keep growing.
 */
export function createAnalyzeTopologies(deps: AnalyzeDeps): readonly FoldTopology[] {
  const folds = createAnalyzeFolds(deps);
  return [
    foldTopology({
      service: 'analyze-stages',
      input: TOPICS.stages,
      output: undefined,
      fold: folds.stages,
      counterRow,
      stateVersion: 3,
    }),
    foldTopology({ service: 'analyze-triggers', input: TOPICS.triggers, output: undefined, fold: folds.triggers }),
    foldTopology({ service: 'analyze-handoffs', input: TOPICS.handoffs, output: undefined, fold: folds.handoffs }),
    foldTopology({
      service: 'analyze-dead-letters',
      input: TOPICS.deadLetters,
      output: undefined,
      fold: folds.deadLetters,
    }),
  ];
}
