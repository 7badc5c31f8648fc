import { randomUUID } from 'node:crypto';
import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import type { NamedPosition, Outgoing } from '#lib/flow/log';
import { kafkaFailure } from '#lib/log/kafka/failure';
import { namedOffsets, newestOf } from '#lib/log/kafka/named';
import { type Encode, requestsOf, type Sendable } from '#lib/log/kafka/outbox';
import { createProducer } from '#lib/log/kafka/producer';
import { sendAll, sendOffsets } from '#lib/log/kafka/send';

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
  /** Told where durable records went. */
  readonly wrote: (written: readonly RecordMetadata[]) => void;
  readonly namedPosition: (name: string) => Promise<string | undefined>;
}

/** An open transaction holds up everyone who reads its topics: one whose owner has died ends soon. */
const TRANSACTION_TIMEOUT = 10_000;
/** Looks after a position that was committed, with growing pauses: three seconds in all. */
const LOOKS = 50;
/** Records that go out together at most. */
const MOST_RECORDS = 5_000;

export function createPublisher(deps: PublisherDeps): Publisher {
  const { kafka, prefix, eventsTopic, encode, wrote } = deps;
  const waiting: Publication[] = [];
  let working: Promise<void> | undefined;
  let plain: Producer | undefined;
  let transactional: Producer | undefined;

  /** One produce request to one partition is all or nothing by itself; anything else is a transaction. */
  async function write(batch: readonly Publication[]): Promise<void> {
    const records = batch.flatMap((publication) => publication.records);
    const positions = batch.flatMap((publication) => publication.positions);
    const requests = requestsOf(records);
    if (positions.length === 0 && requests.length <= 1 && inOnePartition(records)) {
      plain ??= await connected(createProducer(kafka, {}));
      wrote(await sendAll(plain, requests));
      return;
    }
    transactional ??= await connected(
      createProducer(kafka, {
        transactionalId: `${prefix}publish-${randomUUID()}`,
        transactionTimeout: TRANSACTION_TIMEOUT,
      }),
    );
    const transaction = await transactional.transaction();
    const written = await sendAll(transaction, requests);
    for (const offsets of namedOffsets(positions, prefix, eventsTopic)) await sendOffsets(transaction, offsets);
    await transaction.commit();
    wrote(written);
    for (const position of newestOf(positions)) await visible(position);
  }

  /** A transaction's offsets can be read some milliseconds after its end. */
  async function visible({ name, value }: NamedPosition): Promise<void> {
    for (let attempt = 1; (await deps.namedPosition(name)) !== value && attempt < LOOKS; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 2 * attempt));
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
    const producers = [plain, transactional];
    plain = undefined;
    transactional = undefined;
    await Promise.all(producers.map((producer) => producer?.disconnect().catch(() => {})));
  }

  return {
    async publish(records, positions) {
      if (records.length === 0 && positions.length === 0) return;
      const encoded = encode(records);
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

async function connected(producer: Producer): Promise<Producer> {
  await producer.connect();
  return producer;
}

function inOnePartition(records: readonly Sendable[]): boolean {
  const [first] = records;
  return records.every(({ topic, message }) => topic === first?.topic && message.partition === first.message.partition);
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
