import { TICK_EVERY } from '#app/kafka/hosted';
import { type KafkaRuntimeSettings, readSettings } from '#app/kafka/settings';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline, type Pipeline } from '#services/pipeline';
import type { Cluster } from '#test/chaos/kafka/cluster';

/** The shortest that a broker takes, ms: a dead instance is replaced soon. */
export const SESSION_TIMEOUT = 6_000;
/** Not a multiple of the instances: some have more than others. */
const PARTITIONS = '3';

/** The settings of all processes, as variables. */
export function environmentOf({ address, registry }: Pick<Cluster, 'address' | 'registry'>): Record<string, string> {
  return {
    LEADSTREAM_BROKERS: address,
    LEADSTREAM_REGISTRY: registry,
    LEADSTREAM_SESSION_TIMEOUT: `${SESSION_TIMEOUT}ms`,
    LEADSTREAM_TRANSACTION_TIMEOUT: '10s',
    LEADSTREAM_PARTITIONS: PARTITIONS,
  };
}

/** The same settings for this process. */
export async function settingsOf(cluster: Cluster): Promise<KafkaRuntimeSettings> {
  const outcome = await readSettings({}, environmentOf(cluster));
  if (outcome.kind === 'faults') throw new Error(outcome.faults.join('; '));
  return outcome.settings;
}

/** What the services of a log compute. */
export function pipelineOf(log: Log): Pipeline {
  const partitions = log.partitions(TOPICS.activity);
  const compile = createCompiler();
  return createPipeline({ hash: sha256, compile, partitions, tickEvery: TICK_EVERY, standsStill: true });
}
