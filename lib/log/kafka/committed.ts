/** A record as kafkajs decodes it from a fetch, control records included. */
export interface FetchedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** A transaction that was aborted: all of this producer's from `firstOffset` up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** What a fetch gave. */
export interface Committed {
  readonly records: readonly FetchedRecord[];
  /** The offset to fetch from next: behind control and aborted records too. */
  readonly next: number;
}

/** A control record's key: version, then type as int16; type 0 aborts. https://kafka.apache.org/documentation/#controlbatch */
const ABORT = 0;

/**
 * The records from offset `from` on that were committed, as the protocol has it: of a producer with an aborted
 * transaction everything transactional is dropped from the transaction's first offset until its abort marker, whatever
 * others have written in between. kafkajs 2.2 lets such records through when several transactions began before one record.
 */
export function committedRecords(
  fetched: readonly FetchedRecord[],
  aborted: readonly AbortedTransaction[],
  from: number,
): Committed {
  const upcoming = aborted.toSorted((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  let begun = 0;
  const aborting = new Set<string>();
  const records: FetchedRecord[] = [];
  let next = from;
  for (const record of fetched) {
    const offset = Number(record.offset);
    for (; Number(upcoming[begun]?.firstOffset ?? Number.POSITIVE_INFINITY) <= offset; begun++) {
      const producerId = upcoming[begun]?.producerId;
      if (producerId !== undefined) aborting.add(producerId);
    }
    const { producerId, inTransaction } = record.batchContext;
    if (record.isControlRecord) {
      if (record.key?.readInt16BE(2) === ABORT) aborting.delete(producerId);
    } else if (offset >= from && !(inTransaction && aborting.has(producerId))) {
      records.push(record);
    }
    next = Math.max(next, offset + 1);
  }
  return { records, next };
}
