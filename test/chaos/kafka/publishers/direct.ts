import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, Message, Producer } from 'kafkajs';
import type { Random } from '#app/generator/random';
import type { Codec } from '#lib/avro/codec';
import { sha256 } from '#lib/hash/sha256';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { createNormalise } from '#services/collect/normalise';
import { eventName, type Ledger } from '#test/chaos/kafka/publishers/ledger';
import { type Call, createPeople } from '#test/chaos/kafka/publishers/people';
import { drawPoison } from '#test/chaos/kafka/publishers/poison';
import type { Publisher } from '#test/chaos/kafka/publishers/publisher';

export interface DirectPublisherOptions {
  readonly name: string;
  readonly kafka: Kafka;
  readonly codec: Codec;
  readonly random: Random;
  readonly ledger: Ledger;
  /** Mean time between two batches, ms. */
  readonly pause: number;
  /** Writes each batch in a transaction, and gives up some of them. */
  readonly transactional: boolean;
}

/** A record, and what it is to its publisher. */
interface Sent {
  readonly message: Message;
  readonly event?: string;
  /** Bytes in hex. */
  readonly poison?: string;
}

const PATIENCE = 300;
/** A transaction whose publisher has gone for good holds up identify for so long, ms. */
const TRANSACTION_TIMEOUT = 8_000;
const POISONED = 0.08;
const NO_CLIENT = { ip: null, userAgent: null };

/** Writes to lead.events without collect, as any publisher with a Kafka client may. */
export function startDirectPublisher(options: DirectPublisherOptions): Publisher {
  const { name, kafka, codec, random, ledger, pause, transactional } = options;
  const people = createPeople(random, random.pick(['web', 'shop']));
  const normalise = createNormalise(sha256);
  let producer: Producer | undefined;
  let stopped = false;

  /** The record of a call; half of them leave the hash of their content to identify. */
  function eventOf(call: Call): EventMessage {
    const now = Date.now();
    const taken = normalise(call, {
      publisher: name,
      client: NO_CLIENT,
      importId: null,
      ownTime: false,
      unsaid: now,
      latest: now,
      present: now,
      received: () => now,
      newId: randomUUID,
    });
    if (taken.kind !== 'ok') throw new Error(`a call of ${name} is no event: ${taken.detail}`);
    const value = random.chance(0.5) ? taken.value : { ...taken.value, content_hash: '' };
    return { type: 'LeadEvent', value };
  }

  function batchOf(number: number): Sent[] {
    return Array.from({ length: random.whole(1, 12) }, (_, i): Sent => {
      const id = `${name}-${number}-${i}`;
      const event = eventOf(people.next(id));
      if (random.chance(POISONED)) {
        const value = drawPoison(random, codec, event, id);
        return { message: { partition: 0, key: null, value }, poison: value.toString('hex') };
      }
      const value = Buffer.from(codec.encode(event));
      return { message: { partition: 0, key: null, value }, event: eventName(name, id) };
    });
  }

  async function connected(): Promise<Producer> {
    if (producer !== undefined) return producer;
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      ...(transactional ? { transactionalId: name, transactionTimeout: TRANSACTION_TIMEOUT } : {}),
    });
    await fresh.connect();
    producer = fresh;
    return fresh;
  }

  async function discard(): Promise<void> {
    const gone = producer;
    producer = undefined;
    await gone?.disconnect().catch(() => {});
  }

  async function write(batch: readonly Sent[]): Promise<void> {
    const to = await connected();
    if (!transactional) {
      await to.send(requestOf(batch));
      return;
    }
    const transaction = await to.transaction();
    await transaction.send(requestOf(batch));
    await transaction.commit();
    ledger.transactions++;
  }

  async function untilAcknowledged(batch: readonly Sent[]): Promise<void> {
    for (const { event, poison } of batch) {
      if (event !== undefined) ledger.sent.add(event);
      if (poison !== undefined && !ledger.poison.has(poison)) ledger.poison.set(poison, false);
    }
    for (;;) {
      try {
        await write(batch);
        break;
      } catch {
        ledger.failures++;
        await discard();
        await sleep(PATIENCE);
      }
    }
    for (const { event, poison } of batch) {
      if (event !== undefined) ledger.acknowledged.add(event);
      if (poison !== undefined) ledger.poison.set(poison, true);
    }
  }

  /** A transaction that is aborted, or left open by a publisher that goes away. No commit of it is ever asked for. */
  async function giveUp(batch: readonly Sent[]): Promise<void> {
    for (const { event, poison } of batch) {
      if (event !== undefined) ledger.aborted.add(event);
      if (poison !== undefined) ledger.abortedPoison.add(poison);
    }
    try {
      const transaction = await (await connected()).transaction();
      await transaction.send(requestOf(batch));
      ledger.aborts++;
      await sleep(random.whole(0, 300));
      if (random.chance(0.7)) await transaction.abort();
      else await discard();
    } catch {
      await discard();
    }
  }

  async function publish(): Promise<void> {
    for (let number = 0; !stopped; number++) {
      const batch = batchOf(number);
      if (transactional && random.chance(0.25)) {
        await giveUp(batch);
      } else {
        await untilAcknowledged(batch);
        const again = random.chance(0.1) ? batch.filter(({ event }) => event !== undefined) : [];
        ledger.repeated += again.length;
        if (again.length > 0) await untilAcknowledged(again);
      }
      await sleep(random.next() * 2 * pause);
    }
    await discard();
  }

  const publishing = publish();
  return {
    async stop() {
      stopped = true;
      await publishing;
    },
  };
}

function requestOf(batch: readonly Sent[]): { topic: string; acks: number; messages: Message[] } {
  return { topic: TOPICS.events, acks: -1, messages: batch.map(({ message }) => message) };
}
