import type { ExplainerDeps } from '#app/embedded/explainer';
import { systemClock } from '#lib/clock/system';
import { followFold } from '#lib/flow/follow';
import { followDecider } from '#lib/flow/follow-decider';
import type { Log } from '#lib/flow/log';
import type { OpenStore } from '#lib/flow/store';
import { type Supervisor, supervise } from '#lib/flow/supervisor';
import type { TaskObserver } from '#lib/flow/task';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { CompileModel } from '#lib/model/model';
import type { Pipeline } from '#services/pipeline';

/** Copies of what identify and score know, for whoever asks about a lead: they follow the log, wherever the services run. */
export interface Copies {
  /** What explanations are made of. */
  readonly asked: ExplainerDeps;
  /** They follow from here on; called once. */
  start(): Supervisor;
}

export function followServices(deps: {
  readonly log: Log;
  readonly pipeline: Pipeline;
  readonly compile: CompileModel;
  readonly identity: IdentityHash;
  readonly openStore: OpenStore;
  readonly observer: TaskObserver;
}): Copies {
  const { log, pipeline, compile, identity, openStore, observer } = deps;
  const options = { log, openStore, clock: systemClock, observer };
  const [score] = pipeline.folds;
  const identify = followDecider({ ...options, topology: pipeline.identify });
  const folds = Array.from({ length: log.partitions(score.input) }, (_, partition) =>
    followFold({ ...options, topology: score, partition }),
  );
  return {
    asked: { log, compile, identity, identify, folds },
    start: () => supervise([identify, ...folds], log, systemClock),
  };
}
