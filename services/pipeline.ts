import type { Hash } from '#lib/flow/ports';
import type { DeciderTopology, FoldTopology, Topology } from '#lib/flow/topology';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { CompileModel } from '#lib/model/model';
import { TOPICS, type Topic } from '#schemas/topics';
import { createAnalyzeTopologies } from '#services/analyze/topology';
import { createHandoffTopology } from '#services/handoff/topology';
import { createIdentifyTopology } from '#services/identify/topology';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { createTriggerTopology } from '#services/trigger/topology';

export interface PipelineOptions {
  readonly hash: Hash;
  /** How identifiers are hashed: by `hash` unless told, without a key. */
  readonly identity?: IdentityHash;
  readonly compile: CompileModel;
  /** Partitions of lead.activity and of the topics after it. */
  readonly partitions: number;
  /** Time between two ticks, ms. */
  readonly tickEvery: number;
  /** Between two ticks at most, where nothing else comes, ms; `tickEvery` unless given. */
  readonly idleTickEvery?: number;
  /** Whether time stands still while nothing live comes; false unless given. */
  readonly standsStill?: boolean;
}

/** The services behind collect, in the order in which data flows through them. */
export interface Pipeline {
  readonly identify: DeciderTopology;
  /** Neighbours that share their partitions: one task each, or chained in one. */
  readonly folds: readonly [FoldTopology, ...FoldTopology[]];
  readonly handoff: DeciderTopology;
  readonly analyze: readonly FoldTopology[];
}

/** While an import brings its own time, ticks are an hour of it apart. */
const IMPORT_TICK_EVERY = 3_600_000;

export function createPipeline(options: PipelineOptions): Pipeline {
  const { hash, compile, partitions, tickEvery, idleTickEvery = tickEvery, standsStill = false } = options;
  const { identity = { hash, key: null } } = options;
  return {
    identify: createIdentifyTopology({
      hash,
      identity,
      compile,
      partitions,
      tickEvery,
      idleTickEvery,
      importTickEvery: IMPORT_TICK_EVERY,
      standsStill,
    }),
    folds: [
      createScoreTopology({ compile, hash }),
      createStageTopology({ compile }),
      createTriggerTopology({ compile, hash }),
    ],
    handoff: createHandoffTopology({ hash, compile }),
    analyze: createAnalyzeTopologies({ hash, compile }),
  };
}

/** Partitions of each topic; `shared`: of those from lead.activity on. What publishers send is one order, and so are dead letters. */
export function partitionCounts(shared: number): Readonly<Record<Topic, number>> {
  return {
    [TOPICS.events]: 1,
    [TOPICS.activity]: shared,
    [TOPICS.scores]: shared,
    [TOPICS.stages]: shared,
    [TOPICS.triggers]: shared,
    [TOPICS.joins]: shared,
    [TOPICS.handoffs]: shared,
    [TOPICS.deadLetters]: 1,
  };
}

/** All topologies of a pipeline, in order. */
export function topologiesOf({ identify, folds, handoff, analyze }: Pipeline): readonly Topology[] {
  return [identify, ...folds, handoff, ...analyze];
}
