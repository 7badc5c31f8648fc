import type { AbortedTransaction } from '#lib/log/kafka/wire/fetch';
import type { FetchedBatch } from '#lib/log/kafka/wire/fetched-batch';
import { RecordCursor } from '#lib/log/kafka/wire/fetched-record';

/** A control record's key: version, then type as int16; type 0 aborts. https://kafka.apache.org/documentation/#controlbatch */
const TYPE_AT = 2;
const ABORT = 0;

/**
 * The batches that were committed, as the protocol has it: of a producer with an aborted transaction everything
 * transactional is dropped from the transaction's first offset until its abort marker, whatever others have written in
 * between. kafkajs 2.2 lets such records through when several transactions began before one record.
 */
export function committedBatches(
  fetched: readonly FetchedBatch[],
  aborted: readonly AbortedTransaction[],
): readonly FetchedBatch[] {
  const upcoming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  let begun = 0;
  const aborting = new Set<number>();
  return fetched.filter((batch) => {
    const { lastOffset, producerId, transactional, control } = batch;
    for (; (upcoming[begun]?.firstOffset ?? Number.POSITIVE_INFINITY) <= lastOffset; begun++) {
      const aborter = upcoming[begun]?.producerId;
      if (aborter !== undefined) aborting.add(aborter);
    }
    if (!control) return !(transactional && aborting.has(producerId));
    if (isAbort(batch)) aborting.delete(producerId);
    return false;
  });
}

function isAbort(marker: FetchedBatch): boolean {
  const [record] = new RecordCursor([marker], 0).next(1);
  return record !== undefined && record.bytes.readInt16BE(record.keyStart + TYPE_AT) === ABORT;
}
