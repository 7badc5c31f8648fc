import type { Cluster } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import { type BrokerFeatures, featuresRequest } from '#lib/log/kafka/wire/features';
import { sendRequest } from '#lib/log/kafka/wire/request';

/** The requests that transactions of version 2 are made of, by their keys, and from which version on. */
const NEEDED: ReadonlyMap<number, number> = new Map([
  [0, 12], // Produce
  [26, 5], // EndTxn
  [28, 5], // TxnOffsetCommit
]);
const TRANSACTIONS = 'transaction.version';
const LEVEL = 2;

/** Throws a FlowError, with what to do, for a cluster that has no transactions of version 2: https://cwiki.apache.org/confluence/display/KAFKA/KIP-890 */
export async function refuseOldClusters(cluster: Cluster): Promise<void> {
  await cluster.refreshMetadata();
  const lacks = lackOf(await sendRequest(await cluster.findControllerBroker(), featuresRequest()));
  if (lacks !== undefined) throw new FlowError('missing', lacks, { retriable: false });
}

/** What a broker lacks and what to do, in one line; undefined: nothing. */
export function lackOf({ requests, levels }: BrokerFeatures): string | undefined {
  if ([...NEEDED].some(([key, version]) => (requests.get(key) ?? -1) < version)) {
    return 'the brokers are older than Kafka 4.0, whose transactions Leadstream needs: upgrade them';
  }
  const level = levels.get(TRANSACTIONS) ?? 0;
  if (level >= LEVEL) return undefined;
  return `the cluster has ${TRANSACTIONS} ${level}, Leadstream needs ${LEVEL}: raise it with kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature ${TRANSACTIONS}=${LEVEL}`;
}
