import type { Log, LogReader, LogRecord } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';

interface Source {
  readonly reader: LogReader;
  held: readonly LogRecord[];
  next: number;
  pending: Promise<void> | undefined;
}

const PAGE = 1000;

/**
 * What one writer has spread over several partitions, in its order: seqs without a gap, copies of a seq one after another.
 * A partition may show a transaction a little later than another one does; what comes after waits for it. At most a page
 * of each partition is held.
 */
export class InSequence {
  readonly #sources: readonly Source[];
  readonly #seqOf: (value: unknown) => number | undefined;
  #last: number;

  /** `last`: the seq that is known already. */
  constructor(
    log: Log,
    positions: readonly InputPosition[],
    seqOf: (value: unknown) => number | undefined,
    last: number,
  ) {
    this.#seqOf = seqOf;
    this.#last = last;
    this.#sources = positions.map((at) => ({
      reader: log.reader(at, at.position.offset),
      held: [],
      next: 0,
      pending: undefined,
    }));
  }

  /** The records that come next, at least one; none when `signal` is aborted. */
  async next(signal: AbortSignal): Promise<readonly LogRecord[]> {
    while (!signal.aborted) {
      const records = this.#sources.flatMap((source) => this.#inOrder(source));
      if (records.length > 0) return records;
      for (const source of this.#sources) {
        if (source.next === source.held.length) source.pending ??= filling(source, signal);
      }
      await Promise.race(this.#sources.flatMap(({ pending }) => pending ?? []));
    }
    return [];
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map(({ reader }) => reader.close()));
  }

  #inOrder(source: Source): LogRecord[] {
    const records: LogRecord[] = [];
    for (; source.next < source.held.length; source.next++) {
      const record = source.held[source.next];
      const seq = record === undefined ? undefined : this.#seqOf(record.value);
      if (record === undefined || (seq !== undefined && seq > this.#last + 1)) break;
      this.#last = Math.max(this.#last, seq ?? 0);
      records.push(record);
    }
    return records;
  }
}

/** Whoever waits for it hears of a failure; of several at once, one is heard. */
function filling(source: Source, signal: AbortSignal): Promise<void> {
  const pending = fill(source, signal);
  pending.catch(() => {});
  return pending;
}

async function fill(source: Source, signal: AbortSignal): Promise<void> {
  try {
    source.held = await source.reader.next(PAGE, signal);
    source.next = 0;
  } finally {
    source.pending = undefined;
  }
}
