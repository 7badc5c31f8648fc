import type { LogReader, LogRecord } from '#lib/flow/log';

/** A partition to be read from its start to `end` (exclusive). */
export interface BoundedPartition<Value = unknown> {
  readonly reader: LogReader<Value>;
  readonly end: number;
}

const PAGE = 1000;

/**
 * Records of several partitions in the order of their seq, up to each partition's end. `seqOf` must not go back within a
 * partition. Records without a seq are left out.
 */
export async function* mergeBySeq(
  partitions: readonly BoundedPartition[],
  seqOf: (value: unknown) => number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogRecord> {
  const heads: { readonly records: AsyncIterator<LogRecord>; record: LogRecord; seq: number }[] = [];
  for (const partition of partitions) {
    const records = recordsOf(partition, signal);
    const head = await nextWithSeq(records, seqOf);
    if (head !== undefined) heads.push({ records, ...head });
  }
  while (heads.length > 0) {
    let first = heads[0];
    for (const head of heads) if (first === undefined || head.seq < first.seq) first = head;
    if (first === undefined) return;
    yield first.record;
    const head = await nextWithSeq(first.records, seqOf);
    if (head === undefined) heads.splice(heads.indexOf(first), 1);
    else Object.assign(first, head);
  }
}

/** Records of one partition up to its end; stops early when `signal` is aborted. */
export async function* recordsOf<Value>(
  { reader, end }: BoundedPartition<Value>,
  signal: AbortSignal,
): AsyncGenerator<LogRecord<Value>> {
  let next = 0;
  while (next < end) {
    const page = await reader.next(PAGE, signal);
    if (page.length === 0) return;
    for (const record of page) {
      if (record.offset >= end) return;
      yield record;
      next = record.offset + 1;
    }
  }
}

async function nextWithSeq(
  records: AsyncIterator<LogRecord>,
  seqOf: (value: unknown) => number | undefined,
): Promise<{ readonly record: LogRecord; readonly seq: number } | undefined> {
  for (;;) {
    const { value: record, done } = await records.next();
    if (done === true) return undefined;
    const seq = seqOf(record.value);
    if (seq !== undefined) return { record, seq };
  }
}
