import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { NamedPosition, Outgoing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import { kafkaFailure } from '#lib/log/kafka/failure';
import { type IdempotentWriter, openIdempotentWriter } from '#lib/log/kafka/idempotent';
import { namedOffsets, newestOf } from '#lib/log/kafka/named';
import { batchesOf, type Encode, type Sendable } from '#lib/log/kafka/outbox';
import { openTransactions, type Transactions, UnknownOutcome } from '#lib/log/kafka/transactions';
import type { Written } from '#lib/log/kafka/wire/produce';

interface Publication {
  readonly records: readonly Sendable[];
  readonly positions: readonly NamedPosition[];
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** Writes what publishers bring: what arrives while one write is under way goes out with the next. */
export interface Publisher {
  /** All of it or nothing; resolves when it is durable. */
  publish(records: readonly Outgoing[], positions: readonly NamedPosition[]): Promise<void>;
  /** Resolves when everything under way is settled. */
  close(): Promise<void>;
}

export interface PublisherDeps {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly eventsTopic: string;
  readonly encode: Encode;
  readonly clock: Clock;
  /** Told where durable records went. */
  readonly wrote: (written: readonly Written[]) => void;
  readonly namedPosition: (name: string) => Promise<string | undefined>;
}

/** An open transaction holds up everyone who reads its topics: one whose owner has died ends soon. */
const TRANSACTION_TIMEOUT = 10_000;
/** Tries of one transaction, with growing pauses: about ten seconds in all, enough for a broker to be restarted in. */
const ATTEMPTS = 8;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 3_000;
/** Looks after a position that was committed, with growing pauses: three seconds in all. */
const LOOKS = 50;
/** Records that go out together at most. */
const MOST_RECORDS = 5_000;

export function createPublisher(deps: PublisherDeps): Publisher {
  const { kafka, prefix, eventsTopic, encode, clock, wrote } = deps;
  const transactionalId = `${prefix}publish-${randomUUID()}`;
  const waiting: Publication[] = [];
  let working: Promise<void> | undefined;
  let plain: IdempotentWriter | undefined;
  let transactions: Transactions | undefined;

  /** One batch is all or nothing by itself; anything else is a transaction. */
  async function write(publications: readonly Publication[]): Promise<void> {
    const records = publications.flatMap((publication) => publication.records);
    const positions = publications.flatMap((publication) => publication.positions);
    const [batch, ...others] = batchesOf(records);
    if (batch !== undefined && others.length === 0 && positions.length === 0) {
      plain ??= await openIdempotentWriter(kafka, clock);
      wrote([await plain.write(batch)]);
      return;
    }
    await transact(records, newestOf(positions));
  }

  /** Tries again as long as it is certain that nothing was written. */
  async function transact(records: readonly Sendable[], positions: readonly NamedPosition[]): Promise<void> {
    const offsets = namedOffsets(positions, prefix, eventsTopic);
    for (let attempt = 1, pause = FIRST_PAUSE; ; attempt++, pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
      try {
        transactions ??= await openTransactions(kafka, { transactionalId, timeout: TRANSACTION_TIMEOUT, clock });
        wrote(await transactions.commit(records, offsets));
        break;
      } catch (thrown) {
        await discard();
        const failure = kafkaFailure('publishing', thrown);
        if (thrown instanceof UnknownOutcome || !failure.retriable || attempt === ATTEMPTS) throw failure;
        await clock.sleep(pause);
      }
    }
    // It is durable: that nobody can look at it now changes nothing.
    for (const position of positions) await visible(position).catch(() => {});
  }

  /** A transaction's offsets can be read some milliseconds after its end. */
  async function visible({ name, value }: NamedPosition): Promise<void> {
    for (let look = 1; (await deps.namedPosition(name)) !== value && look < LOOKS; look++) {
      await clock.sleep(2 * look);
    }
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, fitting(waiting));
      try {
        await write(batch);
        for (const { done } of batch) done();
      } catch (thrown) {
        await discard();
        const reason = kafkaFailure('publishing', thrown);
        for (const { failed } of batch) failed(reason);
      }
    }
    working = undefined;
  }

  async function discard(): Promise<void> {
    const writers = [plain, transactions];
    plain = undefined;
    transactions = undefined;
    await Promise.all(writers.map((writer) => writer?.close().catch(() => {})));
  }

  return {
    async publish(records, positions) {
      if (records.length === 0 && positions.length === 0) return;
      const encoded = copied(encode(records));
      await new Promise<void>((done, failed) => {
        waiting.push({ records: encoded, positions, done, failed });
        working ??= work();
      });
    },
    async close() {
      await working;
      await discard();
    },
  };
}

/** Records that stay as they are while others are encoded. */
function copied(sendables: readonly Sendable[]): readonly Sendable[] {
  const end = sendables.at(-1)?.record.end ?? 0;
  const bytes = Buffer.from(sendables[0]?.record.bytes.subarray(0, end) ?? []);
  return sendables.map(({ at, record }) => ({ at, record: { ...record, bytes } }));
}

/** How many of those waiting go out together: in their order, at least one. */
function fitting(waiting: readonly Publication[]): number {
  let records = 0;
  const over = waiting.findIndex((publication) => {
    records += publication.records.length;
    return records > MOST_RECORDS;
  });
  return over === -1 ? waiting.length : Math.max(1, over);
}
