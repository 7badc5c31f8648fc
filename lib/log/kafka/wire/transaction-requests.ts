import { checkCode } from '#lib/log/kafka/wire/protocol-error';
import type { WireReader } from '#lib/log/kafka/wire/reader';
import type { WireRequest } from '#lib/log/kafka/wire/request';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** A producer's id and epoch, as the transaction's coordinator or a broker gave them. */
export interface ProducerEpoch {
  readonly id: number;
  readonly epoch: number;
}

/** Positions that a transaction commits for a group. */
export interface GroupOffsets {
  readonly groupId: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly offset: number;
      readonly metadata: string;
    }[];
  }[];
}

/**
 * Fences whoever had the transactional id, and settles what that one left open. null: a producer without transactions.
 * https://kafka.apache.org/protocol#The_Messages_InitProducerId
 */
export function initProducerRequest(transactionalId: string | null, timeout: number): WireRequest<ProducerEpoch> {
  const body = new WireWriter().noTags().compactString(transactionalId).int32(timeout).int64(-1).int16(-1).noTags();
  return {
    name: 'InitProducerId',
    apiKey: 22,
    version: 5,
    body: body.written,
    taggedAnswer: true,
    read(from) {
      from.int32(); // throttled for, ms
      checkCode(from.int16());
      return readEpoch(from);
    },
  };
}

/**
 * Begins the transaction, with a group of which nothing need follow.
 * https://kafka.apache.org/protocol#The_Messages_AddOffsetsToTxn
 */
export function beginRequest(
  transactionalId: string,
  { id, epoch }: ProducerEpoch,
  groupId: string,
): WireRequest<void> {
  const body = new WireWriter().noTags().compactString(transactionalId).int64(id).int16(epoch);
  return {
    name: 'AddOffsetsToTxn',
    apiKey: 25,
    version: 4,
    body: body.compactString(groupId).noTags().written,
    taggedAnswer: true,
    read(from) {
      from.int32(); // throttled for, ms
      checkCode(from.int16());
    },
  };
}

const NO_GENERATION = -1;
const NO_LEADER_EPOCH = -1;

/**
 * Takes positions into the transaction, and their group with them.
 * https://kafka.apache.org/protocol#The_Messages_TxnOffsetCommit
 */
export function commitOffsetsRequest(
  transactionalId: string,
  { id, epoch }: ProducerEpoch,
  { groupId, topics }: GroupOffsets,
): WireRequest<void> {
  const body = new WireWriter().noTags().compactString(transactionalId).compactString(groupId).int64(id).int16(epoch);
  body.int32(NO_GENERATION).compactString('').compactString(null).compactArray(topics.length);
  for (const { topic, partitions } of topics) {
    body.compactString(topic).compactArray(partitions.length);
    for (const { partition, offset, metadata } of partitions) {
      body.int32(partition).int64(offset).int32(NO_LEADER_EPOCH).compactString(metadata).noTags();
    }
    body.noTags();
  }
  body.noTags();
  return {
    name: 'TxnOffsetCommit',
    apiKey: 28,
    version: 5,
    body: body.written,
    taggedAnswer: true,
    read(from) {
      from.int32(); // throttled for, ms
      from.compactArray(() => {
        from.compactString();
        from.compactArray(() => {
          from.int32();
          checkCode(from.int16());
          from.tags();
        });
        from.tags();
      });
    },
  };
}

/**
 * Commits the transaction. The answer is what the next one goes on with: every transaction has an epoch of its own, so that
 * nothing late of an older one enters it (KIP-890). May be sent again when its answer was lost.
 * https://kafka.apache.org/protocol#The_Messages_EndTxn
 */
export function endTransactionRequest(
  transactionalId: string,
  { id, epoch }: ProducerEpoch,
): WireRequest<ProducerEpoch> {
  const committed = 1;
  const body = new WireWriter().noTags().compactString(transactionalId).int64(id).int16(epoch).int8(committed).noTags();
  return {
    name: 'EndTxn',
    apiKey: 26,
    version: 5,
    body: body.written,
    taggedAnswer: true,
    read(from) {
      from.int32(); // throttled for, ms
      checkCode(from.int16());
      return readEpoch(from);
    },
  };
}

function readEpoch(from: WireReader): ProducerEpoch {
  return { id: from.int64(), epoch: from.int16() };
}
