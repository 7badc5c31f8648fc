import { InputOrder, type PlaceOf } from '#lib/flow/input-order';
import type { Log, LogReader, LogRecord } from '#lib/flow/log';
import { START, type TopicPartition } from '#lib/flow/position';

/** An input as an ordered decider takes it up. */
export interface InOrder {
  /** Of copies in all partitions, one. */
  readonly record: LogRecord;
  /** The present for the decision on it, ms since 1970 UTC. */
  readonly now: number;
}

interface Source {
  readonly input: TopicPartition;
  readonly reader: LogReader;
  /** Where the partition ended when reading began. */
  readonly end: number;
  next: number;
}

const PAGE = 1000;

/**
 * What partitions hold now, in the order in which an ordered decider takes it up, as far as it can: up to the end of the partition
 * that ends first in that order. What others show beyond may still be preceded by something.
 */
export async function* readInOrder(
  log: Log,
  inputs: readonly TopicPartition[],
  placeOf: PlaceOf,
  signal: AbortSignal,
): AsyncGenerator<InOrder> {
  const order = new InputOrder(
    inputs.map((input) => ({ ...input, position: START })),
    placeOf,
  );
  const sources = await Promise.all(
    inputs.map(async (input): Promise<Source> => {
      const next = await log.start(input);
      return { input, reader: log.reader(input, next), end: await log.end(input), next };
    }),
  );
  try {
    for (;;) {
      while (order.isOut) {
        const wanted = sources.filter(({ input }) => order.wants(input));
        if (wanted.some(({ next, end }) => next >= end) || signal.aborted) return;
        for (const source of wanted) order.add(await page(source, signal));
      }
      const turn = order.next();
      if (turn === undefined) return;
      yield { record: turn.record, now: turn.now ?? 0 };
      order.decided(turn.record, 'settled');
    }
  } finally {
    await Promise.all(sources.map(({ reader }) => reader.close()));
  }
}

async function page(source: Source, signal: AbortSignal): Promise<readonly LogRecord[]> {
  const records = (await source.reader.next(PAGE, signal)).filter(({ offset }) => offset < source.end);
  source.next = (records.at(-1)?.offset ?? source.end) + 1;
  return records;
}
