import type { LogRecord } from '#lib/flow/log';

/** The newest records of a partition, as values: readers close to the end need not decode. */
export interface Recent {
  /** `bytes`: what the records take when encoded. Records that do not follow the last ones replace all. */
  append(records: readonly LogRecord[], bytes: number): void;
  /** At most `limit` records from `offset` on; undefined if that record is not held. */
  from(offset: number, limit: number): readonly LogRecord[] | undefined;
}

interface Batch {
  readonly first: number;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}

/** Holds at most `capacity` bytes, measured as encoded; the values take several times that. */
export function createRecent(capacity: number): Recent {
  let batches: Batch[] = [];
  let oldest = 0;
  let held = 0;

  const drop = (): void => {
    while (held > capacity && oldest < batches.length) held -= batches[oldest++]?.bytes ?? 0;
    if (oldest > 1000 && oldest * 2 > batches.length) {
      batches = batches.slice(oldest);
      oldest = 0;
    }
  };
  const indexOf = (offset: number): number => {
    let low = oldest;
    let high = batches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((batches[middle]?.first ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    append(records, bytes) {
      const first = records[0]?.offset;
      if (first === undefined) return;
      const last = batches.at(-1);
      if (last !== undefined && last.first + last.records.length !== first) {
        batches = [];
        oldest = 0;
        held = 0;
      }
      batches.push({ first, records, bytes });
      held += bytes;
      drop();
    },
    from(offset, limit) {
      let index = indexOf(offset);
      let batch = index >= oldest ? batches[index] : undefined;
      if (batch === undefined || offset < batch.first || offset >= batch.first + batch.records.length) return undefined;
      const { length } = batch.records;
      if (offset === batch.first && (length === limit || (length < limit && index === batches.length - 1)))
        return batch.records;
      const found = batch.records.slice(offset - batch.first, offset - batch.first + limit);
      for (batch = batches[++index]; batch !== undefined && found.length < limit; batch = batches[++index]) {
        found.push(...batch.records.slice(0, limit - found.length));
      }
      return found;
    },
  };
}
