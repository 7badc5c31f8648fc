import type { Broker, Cluster } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import { type Difference, differenceLine } from '#lib/log/kafka/topics/difference';
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
  const lack = lackOf(await featuresOf(await cluster.findControllerBroker()));
  if (lack !== undefined) throw new FlowError('missing', differenceLine(lack), { retriable: false });
}

export function featuresOf(broker: Broker): Promise<BrokerFeatures> {
  return sendRequest(broker, featuresRequest());
}

/** What a broker lacks, without which no service starts. */
export function lackOf({ requests, levels }: BrokerFeatures): Difference | undefined {
  const lack = { severity: 'fault', where: 'brokers' } as const;
  if ([...NEEDED].some(([key, version]) => (requests.get(key) ?? -1) < version)) {
    const remedy = 'their transactions are too old. Upgrade them';
    return { ...lack, what: 'version', is: 'below 4.0', should: '4.0 or newer', remedy };
  }
  const level = levels.get(TRANSACTIONS) ?? 0;
  if (level >= LEVEL) return undefined;
  const remedy = `raise it with kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature ${TRANSACTIONS}=${LEVEL}`;
  return { ...lack, what: TRANSACTIONS, is: String(level), should: `${LEVEL} or more`, remedy };
}
