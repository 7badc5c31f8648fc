import type { TopicPartition } from '#lib/flow/position';
import { checkCode } from '#lib/log/kafka/wire/protocol-error';
import type { WireRequest } from '#lib/log/kafka/wire/request';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** A transaction that was aborted: all of this producer's from `firstOffset` up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What a broker sent of one partition. */
export interface Fetched {
  /** Record batches, the last one maybe cut short. */
  readonly batches: Buffer;
  readonly aborted: readonly AbortedTransaction[];
}

export interface FetchOptions {
  readonly from: number;
  /** How long the broker waits for the first record, ms. */
  readonly wait: number;
  /** A first batch that is larger comes all the same. */
  readonly maxBytes: number;
}

const CONSUMER = -1;
const READ_COMMITTED = 1;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const NO_LEADER_EPOCH = -1;
const NOT_A_FOLLOWER = -1;
/** Beyond the broker's own waiting, ms. */
const PATIENCE = 30_000;

/**
 * Records of one partition up to the last stable offset, as soon as there is one; aborted ones come too, and are told. Of
 * the leader alone: from version 11 on followers may answer, which can be behind.
 * https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export function fetchRequest({ topic, partition }: TopicPartition, options: FetchOptions): WireRequest<Fetched> {
  const { from, wait, maxBytes } = options;
  const body = new WireWriter().int32(CONSUMER).int32(wait).int32(1).int32(maxBytes).int8(READ_COMMITTED);
  body.int32(NO_SESSION).int32(NO_SESSION_EPOCH);
  body.int32(1).string(topic).int32(1);
  body.int32(partition).int32(NO_LEADER_EPOCH).int64(from).int64(NOT_A_FOLLOWER).int32(maxBytes);
  body.int32(0);
  return {
    name: 'Fetch',
    apiKey: 1,
    version: 10,
    body: body.written,
    taggedAnswer: false,
    timeout: wait + PATIENCE,
    read(answer) {
      answer.int32(); // throttled for, ms
      checkCode(answer.int16());
      answer.int32(); // session
      const [found] = answer.array(() => {
        answer.string();
        return answer.array((): Fetched => {
          answer.int32(); // partition
          checkCode(answer.int16());
          answer.int64(); // high watermark
          answer.int64(); // last stable offset
          answer.int64(); // start of the log
          const aborted = answer.array(() => ({ producerId: answer.int64(), firstOffset: answer.int64() }));
          return { batches: answer.data() ?? NOTHING, aborted };
        });
      });
      return found?.[0] ?? { batches: NOTHING, aborted: [] };
    },
  };
}

const NOTHING = Buffer.alloc(0);
