import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '#app/generator/random';
import { eventName, type Ledger } from '#test/chaos/kafka/publishers/ledger';
import { type Call, createPeople } from '#test/chaos/kafka/publishers/people';
import type { Publisher } from '#test/chaos/kafka/publishers/publisher';

export interface HttpPublisherOptions {
  readonly name: string;
  /** The instances of collect. */
  readonly urls: readonly string[];
  readonly random: Random;
  readonly ledger: Ledger;
  /** Mean time between two requests, ms. */
  readonly pause: number;
}

/** Calls without a write key are of this publisher. */
const PUBLISHER = 'default';
const REQUEST_TIMEOUT = 15_000;
const PATIENCE = 300;
/** What is still not acknowledged so long after the faults is never, ms. */
const STOP_TIMEOUT = 180_000;

/** Sends batches to whichever instance of collect answers, each again until it is acknowledged. */
export function startHttpPublisher({ name, urls, random, ledger, pause }: HttpPublisherOptions): Publisher {
  const people = createPeople(random, 'web');
  let stopped: number | undefined;

  async function untilAcknowledged(batch: readonly Call[]): Promise<void> {
    const ids = batch.map(({ messageId }) => eventName(PUBLISHER, messageId));
    for (const id of ids) ledger.sent.add(id);
    for (let attempt = random.whole(0, 1); ; attempt++) {
      if (await send(urls[attempt % urls.length] ?? '', batch)) break;
      ledger.failures++;
      if (stopped !== undefined && performance.now() - stopped > STOP_TIMEOUT) {
        throw new Error(`collect does not acknowledge events of ${name}`);
      }
      await sleep(PATIENCE);
    }
    for (const id of ids) ledger.acknowledged.add(id);
  }

  async function publish(): Promise<void> {
    for (let number = 0; stopped === undefined; number++) {
      const calls = Array.from({ length: random.whole(1, 8) }, (_, i) => people.next(`${name}-${number}-${i}`));
      await untilAcknowledged(calls);
      if (random.chance(0.1)) {
        ledger.repeated += calls.length;
        await untilAcknowledged(calls);
      }
      if (random.chance(0.03)) await untilAcknowledged(calls.map(changed));
      await sleep(random.next() * 2 * pause);
    }
  }

  const publishing = publish();
  return {
    async stop() {
      stopped = performance.now();
      await publishing;
    },
  };
}

/** Another event under an id that is taken. */
function changed(call: Call): Call {
  return { ...call, properties: { changed: true, email_id: 'none' } };
}

async function send(url: string, batch: readonly Call[]): Promise<boolean> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
    text = await answer.text();
  } catch {
    return false;
  }
  if (answer.status === 503) return false;
  const { success, rejected = [] }: { success?: boolean; rejected?: readonly unknown[] } = JSON.parse(text);
  if (answer.status === 200 && success === true && rejected.length === 0) return true;
  throw new Error(`collect answers ${answer.status} to good events: ${text}`);
}
