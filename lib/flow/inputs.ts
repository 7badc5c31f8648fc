import type { Log, LogReader, LogRecord } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';

interface Source {
  readonly input: TopicPartition;
  readonly reader: LogReader;
  /** One of its own: many readers that listen to one signal are taken for a leak. */
  readonly stop: AbortController;
  pending: Promise<void> | undefined;
  ready: readonly LogRecord[];
}

const PAGE = 1000;

/** Several partitions read side by side; records of one keep their order, those of different ones interleave freely. */
export class Inputs {
  readonly #sources: Source[];
  #failure: { readonly error: unknown } | undefined;

  /** A position with a cursor re-reads the record it is in. */
  constructor(log: Log, positions: readonly InputPosition[]) {
    this.#sources = positions.map((input) => ({
      input,
      reader: log.reader(input, input.position.offset),
      stop: new AbortController(),
      pending: undefined,
      ready: [],
    }));
  }

  /**
   * The records at hand of partitions that are wanted; waits for at least one, or for `until` (then possibly none). Of a
   * partition that is not wanted a page at most is read ahead.
   */
  async next(until: Promise<void>, wants: (input: TopicPartition) => boolean): Promise<readonly LogRecord[]> {
    const wanted = this.#sources.filter(({ input }) => wants(input));
    for (const source of wanted) source.pending ??= this.#fetch(source);
    if (!wanted.some(({ ready }) => ready.length > 0)) {
      await Promise.race([until, ...wanted.map(({ pending }) => pending)]);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const records = wanted.flatMap(({ ready }) => ready);
    for (const source of wanted) {
      if (source.ready.length === 0) continue;
      source.ready = [];
      source.pending = undefined;
    }
    return records;
  }

  async close(): Promise<void> {
    for (const { stop } of this.#sources) stop.abort();
    await Promise.all(this.#sources.map(({ pending }) => pending));
    await Promise.all(this.#sources.map(({ reader }) => reader.close()));
  }

  async #fetch(source: Source): Promise<void> {
    try {
      source.ready = await source.reader.next(PAGE, source.stop.signal);
    } catch (error) {
      this.#failure = { error };
    }
  }
}
