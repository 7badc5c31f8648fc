import type { Broker, Cluster } from 'kafkajs';
import { leaderOf } from '#lib/log/kafka/leader';
import { roundsOf } from '#lib/log/kafka/outbox';
import type { Sending } from '#lib/log/kafka/sending';
import { type PartitionBatch, type ProduceOptions, produceRequest, type Written } from '#lib/log/kafka/wire/produce';
import { sendRequest, type WireRequest } from '#lib/log/kafka/wire/request';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** Sends the batches of one writer to the leaders of their partitions, one call after the other. */
export interface Sender {
  /** Resolves when all are in the log, in their order. Rejects if one may not be: the writer is of no more use. */
  send(batches: readonly PartitionBatch[], options: ProduceOptions): Promise<readonly Written[]>;
}

interface Addressed {
  readonly broker: Broker;
  readonly request: WireRequest<readonly Written[]>;
}

export function createSender(cluster: Cluster, sending: Sending): Sender {
  const leaders = new Map<string, Broker>();
  /** What requests are written into: kept, since they are large. */
  const writers: WireWriter[] = [];

  async function leader(batch: PartitionBatch): Promise<Broker> {
    const key = `${batch.topic}/${batch.partition}`;
    const found = leaders.get(key) ?? (await leaderOf(cluster, batch));
    leaders.set(key, found);
    return found;
  }

  async function byLeader(batches: readonly PartitionBatch[]): Promise<ReadonlyMap<Broker, PartitionBatch[]>> {
    const shares = new Map<Broker, PartitionBatch[]>();
    for (const batch of batches) {
      const broker = await leader(batch);
      shares.set(broker, [...(shares.get(broker) ?? []), batch]);
    }
    return shares;
  }

  const deliver = ({ broker, request }: Addressed) => sending(() => sendRequest(broker, request));

  return {
    async send(batches, options) {
      const rounds: Addressed[][] = [];
      let requests = 0;
      for (const round of roundsOf(batches)) {
        const addressed: Addressed[] = [];
        for (const [broker, share] of await byLeader(round)) {
          const writer = writers[requests] ?? new WireWriter();
          writers[requests++] = writer;
          addressed.push({ broker, request: produceRequest(share, options, writer) });
        }
        rounds.push(addressed);
      }
      const [first = [], ...others] = rounds;
      // A partition's first batch may be refused while the transaction before is being settled, and is sent again: no other may overtake it.
      const written = await all(first.map(deliver));
      return [...written, ...(await all(others.flat().map(deliver)))].flat();
    },
  };
}

/** Waits for the last of them, also if one fails: nothing may be under way when a writer is thrown away. */
async function all<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  const outcomes = await Promise.allSettled(work);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
