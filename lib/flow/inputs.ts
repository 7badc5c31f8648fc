import type { Log, LogReader, LogRecord } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';

interface Source {
  readonly reader: LogReader;
  pending: Promise<void> | undefined;
  ready: readonly LogRecord[];
}

const PAGE = 1000;

/** Several partitions read side by side; records of one keep their order, those of different ones interleave freely. */
export class Inputs {
  readonly #sources: Source[];
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  /** A position with a cursor re-reads the record it is in. */
  constructor(log: Log, positions: readonly InputPosition[]) {
    this.#sources = positions.map((input) => ({
      reader: log.reader(input, input.position.offset),
      pending: undefined,
      ready: [],
    }));
  }

  /** The records at hand; waits for at least one, or for `until` (then possibly none). */
  async next(until: Promise<void>): Promise<readonly LogRecord[]> {
    for (const source of this.#sources) source.pending ??= this.#fetch(source);
    if (!this.#sources.some(({ ready }) => ready.length > 0)) {
      await Promise.race([until, ...this.#sources.map(({ pending }) => pending)]);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const records = this.#sources.flatMap(({ ready }) => ready);
    for (const source of this.#sources) {
      if (source.ready.length === 0) continue;
      source.ready = [];
      source.pending = undefined;
    }
    return records;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#sources.map(({ pending }) => pending));
    await Promise.all(this.#sources.map(({ reader }) => reader.close()));
  }

  async #fetch(source: Source): Promise<void> {
    try {
      source.ready = await source.reader.next(PAGE, this.#stop.signal);
    } catch (error) {
      this.#failure = { error };
    }
  }
}
