import { join } from 'node:path';
import { OWN_LOG } from '#app/folder/log-place';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import type { IdentityHash } from '#lib/identity/identity-hash';
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from '#lib/log/embedded/log';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { createPipeline, type Pipeline, partitionCounts } from '#services/pipeline';

/** Partitions of a new folder from lead.activity on; one that exists keeps its own. */
const PARTITIONS = 8;

/** Embedded, timers run on the second; where nothing comes they take their time, and the log hardly grows. */
export const TICK_EVERY = 1000;
const IDLE_TICK_EVERY = 30_000;

/** The log of a data folder. */
export function openOwnLog(
  dir: string,
  options: Pick<EmbeddedLogOptions, 'recentBytes' | 'retention'>,
): Promise<EmbeddedLog> {
  return openEmbeddedLog({
    ...options,
    dir: join(dir, OWN_LOG),
    partitions: (stored) => partitionCounts(stored.get(TOPICS.activity) ?? PARTITIONS),
  });
}

/** All services, as they run in a data folder with this log. */
export function pipelineOf(
  log: Pick<Log, 'partitions'>,
  { identity, compile }: { readonly identity: IdentityHash; readonly compile: CompileModel },
): Pipeline {
  return createPipeline({
    hash: sha256,
    identity,
    compile,
    partitions: log.partitions(TOPICS.activity),
    tickEvery: TICK_EVERY,
    idleTickEvery: IDLE_TICK_EVERY,
  });
}
