import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '#test/bench/storms/calls';
import { BYSTANDER } from '#test/bench/storms/watch';

const CALLS_AT_ONCE = 100;

/** Between two events of the bystander, ms. */
const EVERY = 200;

/** Sends all, in order, spread evenly over `over` ms. Returns how many there were. */
export async function publish(url: string, calls: Iterable<Call>, total: number, over: number): Promise<number> {
  const began = performance.now();
  let sent = 0;
  let batch: Call[] = [];
  const send = async () => {
    const due = began + (sent / total) * over;
    if (due > performance.now()) await sleep(due - performance.now());
    await post(url, batch);
    sent += batch.length;
    batch = [];
  };
  for (const call of calls) if (batch.push(call) === CALLS_AT_ONCE) await send();
  if (batch.length > 0) await send();
  return sent;
}

/** Another lead, who does something now and then. */
export interface Bystander {
  /** Resolves to when each event was sent, by its id; ms since 1970. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

export function startBystander(url: string): Bystander {
  const sent = new Map<string, number>();
  let stopped = false;
  const posting: Promise<void>[] = [];
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const id = `${BYSTANDER}${n}`;
      sent.set(id, performance.timeOrigin + performance.now());
      const look = { type: 'page', messageId: id, userId: 'bystander', properties: { path: '/pricing' } };
      posting.push(post(url, [look]));
      await sleep(EVERY);
    }
    await Promise.all(posting);
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      return sent;
    },
  };
}

async function post(url: string, batch: readonly Call[]): Promise<void> {
  const answer = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  const text = await answer.text();
  if (!answer.ok || text.includes('"rejected":[{')) throw new Error(`collect answered ${answer.status}: ${text}`);
}
