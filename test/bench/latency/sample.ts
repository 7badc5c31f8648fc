import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';
import { type DecisionWatch, type Watched, watchDecisions } from '#test/bench/measure/decision-watch';
import { line } from '#test/bench/measure/figures';

/** Between two leads, ms: four of them a second. */
const EVERY = 250;

export interface Sampling {
  /** Leads that count. */
  readonly samples: number;
  /** Before the first of them, s. */
  readonly warmup: number;
}

/** Publishes leads to a collect and tells how long each waited for its trigger and its handoff. Rejects when one gets none. */
export async function sample(what: string, url: string, log: Log, { samples, warmup }: Sampling): Promise<void> {
  const watch = watchDecisions(log);
  try {
    for (const until = performance.now() + warmup * 1_000; performance.now() < until; ) {
      await publish(url, randomUUID());
      await sleep(EVERY);
    }
    const sent = new Map<string, number>();
    for (let n = 0; n < samples; n++) {
      const id = randomUUID();
      sent.set(id, performance.now());
      await publish(url, id);
      await sleep(EVERY);
    }
    line(`${what}: trigger`, await quantiles(watch, TOPICS.triggers, sent, (id) => id));
    line(`${what}: handoff`, await quantiles(watch, TOPICS.handoffs, sent, (id) => `${id}-asks`));
  } finally {
    await watch.close();
  }
}

async function quantiles(
  watch: DecisionWatch,
  topic: Watched,
  sent: ReadonlyMap<string, number>,
  causeOf: (id: string) => string,
): Promise<string> {
  const came = await watch.arrived(topic, [...sent.keys()].map(causeOf));
  const latencies = [...sent]
    .map(([id, at]) => {
      const arrived = came.get(causeOf(id));
      if (arrived === undefined) throw new Error(`nothing of ${causeOf(id)} is in ${topic}`);
      return arrived - at;
    })
    .sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN);
  return [0.5, 0.9, 0.99, 1].map(quantile).join(' / ');
}

/** A new lead looks at the pricing page three times, which sets a program off, then asks for an appointment: it goes to sales. */
async function publish(url: string, id: string): Promise<void> {
  const userId = `lead-${id}`;
  const looks = [1, 2, 3].map((look) => ({
    type: 'page',
    messageId: look === 3 ? id : `${id}-${look}`,
    userId,
    properties: { path: '/pricing' },
  }));
  const asks = { type: 'track', messageId: `${id}-asks`, userId, event: 'Appointment Scheduled' };
  const answer = await fetch(`${url}/v1/batch`, { method: 'POST', body: JSON.stringify({ batch: [...looks, asks] }) });
  if (!answer.ok) throw new Error(`collect answered ${answer.status}: ${await answer.text()}`);
}
