import type { Broker, Kafka } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import type { TopicPartition } from '#lib/flow/position';
import { createCluster } from '#lib/log/kafka/cluster';
import { committedBatches } from '#lib/log/kafka/committed';
import { typeOf } from '#lib/log/kafka/failure';
import { leaderOf, offsetOf } from '#lib/log/kafka/leader';
import { fetchRequest } from '#lib/log/kafka/wire/fetch';
import { readBatches } from '#lib/log/kafka/wire/fetched-batch';
import { RecordCursor } from '#lib/log/kafka/wire/fetched-record';
import { sendRequest } from '#lib/log/kafka/wire/request';

/** Fetches from one partition, over connections of its own: nobody waits behind its long polls. */
export interface Fetcher {
  /** Committed records from an offset on; none if nothing came within `wait` ms. Rejects with `position_lost` outside the log. */
  fetch(from: number, wait: number): Promise<Committed>;
  /** Nothing is asked for any more; what is under way may still be answered, to nobody. */
  close(): void;
}

/** What a fetch gave. */
export interface Committed {
  readonly records: RecordCursor;
  /** The offset to fetch from next: behind control and aborted records too. */
  readonly next: number;
}

/** Most bytes of one fetch; a larger batch comes alone. Twice the throughput of kafkajs's 1 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** `bytesOf`: how much the next fetch may bring. */
export function createFetcher(kafka: Kafka, at: TopicPartition, bytesOf: () => number = () => MOST_BYTES): Fetcher {
  const cluster = createCluster(kafka);
  let leader: Broker | undefined;
  let closed = false;
  const disconnect = () => void cluster.disconnect().catch(() => {});

  return {
    async fetch(from, wait) {
      try {
        leader ??= await leaderOf(cluster, at);
        if (closed) throw new Error(`the reader of ${at.topic}/${at.partition} is closed`);
        const maxBytes = Math.floor(Math.min(bytesOf(), MOST_BYTES));
        const { batches, aborted } = await sendRequest(leader, fetchRequest(at, { from, wait, maxBytes }));
        const fetched = await readBatches(batches);
        const last = fetched.at(-1)?.lastOffset ?? -1;
        const records = new RecordCursor(committedBatches(fetched, aborted), from);
        return { records, next: Math.max(from, last + 1) };
      } catch (thrown) {
        leader = undefined;
        if (closed) {
          // It may have connected since.
          disconnect();
          throw thrown;
        }
        if (typeOf(thrown) !== 'OFFSET_OUT_OF_RANGE') {
          // The leader may have moved; whether the cluster answers at all shows in the next fetch.
          await cluster.refreshMetadata().catch(() => cluster.disconnect().catch(() => {}));
          throw thrown;
        }
        const oldest = await offsetOf(cluster, at, true);
        // From the beginning means: from the oldest that is still kept.
        if (from === 0 && oldest > 0) return this.fetch(oldest, wait);
        throw outOfRange(at, from, oldest);
      }
    },
    close() {
      closed = true;
      disconnect();
    },
  };
}

function outOfRange({ topic, partition }: TopicPartition, from: number, oldest: number): FlowError {
  const why =
    from < oldest
      ? `its records before ${oldest} have expired unread: keep them longer, and set the group's offset to ${oldest} to go on without them`
      : 'it ends before that: was it made anew, or restored from an older copy?';
  return new FlowError('position_lost', `${topic}/${partition} holds no offset ${from}; ${why}`, { retriable: false });
}
