import { FlowError } from '#lib/flow/errors';
import type { LogReader, LogRecord } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { TopicPartition } from '#lib/flow/position';
import { kafkaFailure } from '#lib/log/kafka/failure';
import type { Fetcher } from '#lib/log/kafka/fetcher';
import type { FetchedRecord, RecordCursor } from '#lib/log/kafka/wire/fetched-record';

/** Turns fetched records into values; fetches the schemas that they need first. */
export type Decode = (at: TopicPartition, records: readonly FetchedRecord[]) => Promise<readonly LogRecord[]>;

/** A fetch waits so long for records before it is sent again, ms. */
const LONG_POLL = 500;
/** Fetches that fail in a row before the reader gives up and its task pauses: a moved leader or a lost connection is not worth that. */
const ATTEMPTS = 4;
const FIRST_PAUSE = 50;

export interface ReaderOptions {
  readonly at: TopicPartition;
  readonly from: number;
  readonly fetcher: Fetcher;
  readonly decode: Decode;
  readonly clock: Clock;
}

/** A reader that holds at most one fetch ahead: whoever does not ask, is not sent more. */
export function createReader<Value>({ at, from, fetcher, decode, clock }: ReaderOptions): LogReader<Value> {
  const closing = new AbortController();
  let next = from;
  let held: RecordCursor | undefined;
  /** Taken from what is held and not given out yet, since it could not be decoded. */
  let page: readonly FetchedRecord[] = [];
  let fetching: Promise<RecordCursor | undefined> | undefined;

  async function fetch(): Promise<RecordCursor | undefined> {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        const found = await fetcher.fetch(next, LONG_POLL);
        next = found.next;
        failures = 0;
        if (!found.records.done) return found.records;
      } catch (thrown) {
        if (closing.signal.aborted) break;
        if (thrown instanceof FlowError || ++failures === ATTEMPTS)
          throw kafkaFailure(`reading ${at.topic}/${at.partition}`, thrown);
        await clock.sleep(FIRST_PAUSE * 2 ** failures, closing.signal);
      }
    }
    return undefined;
  }

  /** The fetch under way; whoever takes its outcome hears of its failure. */
  function ahead(): Promise<RecordCursor | undefined> {
    if (fetching !== undefined) return fetching;
    fetching = fetch();
    fetching.catch(() => {});
    return fetching;
  }

  return {
    async next(limit, signal) {
      while (!signal.aborted && !closing.signal.aborted) {
        if (page.length === 0) page = held?.next(limit) ?? [];
        if (page.length > 0) {
          const records = await decode(at, page.slice(0, limit));
          page = page.slice(limit);
          // While these and what is left are at work, the next ones come.
          if (held !== undefined && held.left <= limit) ahead();
          return records as readonly LogRecord<Value>[];
        }
        const arriving = ahead();
        try {
          const arrived = await unlessAborted(arriving, [signal, closing.signal]);
          if (arrived === undefined) return [];
          held = arrived;
          fetching = undefined;
        } catch (thrown) {
          fetching = undefined;
          throw thrown;
        }
      }
      return [];
    },
    async close() {
      closing.abort();
      fetcher.close();
    },
  };
}

/** What `work` resolves to; undefined as soon as one of the signals is aborted. */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signals: readonly AbortSignal[],
): Promise<Result | undefined> {
  let stop = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }
}
