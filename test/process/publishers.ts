import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random } from '#test/process/random';

/** What happened to an event as its publisher knows it. */
export interface Told {
  /** Ids of events that were acknowledged. */
  readonly acknowledged: Set<string>;
  /** Ids of all events that were ever sent; those never acknowledged may be there or not. */
  readonly sent: Set<string>;
  /** Bad calls that were answered with a reason. */
  rejected: number;
  /** Requests that broke off or were refused as unavailable. */
  failures: number;
}

export interface Publishers {
  readonly told: Told;
  /** Goes on at another address. */
  moveTo(url: string): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** A request that a publisher sends, and sends again, with the same ids. */
interface Call {
  readonly path: '/v1/batch' | '/v1/track';
  readonly body: string;
  readonly ids: readonly string[];
  readonly bad: number;
}

/** Between two requests of a publisher, on average, and after one that failed, ms. */
const PAUSE = 60;
const PATIENCE = 200;

const BEHAVIOURS = ['Subscribed', 'Trial Started', 'Appointment Scheduled', 'Email Replied', 'Something Else'] as const;

/** Publishers that go on sending, side by side, whatever becomes of the server; what fails is sent again half of the time. */
export function startPublishers(count: number, url: string, random: Random): Publishers {
  const told: Told = { acknowledged: new Set(), sent: new Set(), rejected: 0, failures: 0 };
  let address = url;
  let stopped = false;
  const publishers = Array.from({ length: count }, async (_, publisher) => {
    let again: Call | undefined;
    for (let number = 0; !stopped; number++) {
      const call = again ?? callOf(`${publisher}-${number}`, random);
      for (const id of call.ids) told.sent.add(id);
      const rejected = await send(address, call);
      if (rejected === undefined) {
        told.failures++;
        again = random() < 0.5 ? call : undefined;
        await sleep(PATIENCE);
      } else {
        again = undefined;
        told.rejected += rejected;
        for (const id of call.ids) told.acknowledged.add(id);
      }
      await sleep(random() * 2 * PAUSE);
    }
  });
  return {
    told,
    moveTo(next) {
      address = next;
    },
    async stop() {
      stopped = true;
      await Promise.all(publishers);
    },
  };
}

/** The number of rejected calls if the request was acknowledged; undefined if it was not. */
async function send(url: string, { path, body, bad }: Call): Promise<number | undefined> {
  try {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (answer.status === 503) return undefined;
    const { success, rejected = [] }: { success?: boolean; rejected?: readonly unknown[] } = JSON.parse(text);
    if (answer.status !== 200 || success !== true || rejected.length !== bad) {
      throw new Unexpected(`${path} was answered ${answer.status} ${text}`);
    }
    return rejected.length;
  } catch (thrown) {
    if (thrown instanceof Unexpected) throw thrown;
    return undefined;
  }
}

class Unexpected extends Error {}

function callOf(name: string, random: Random): Call {
  if (random() < 0.4) {
    const id = `t-${name}`;
    return { path: '/v1/track', body: JSON.stringify(eventOf(id, random)), ids: [id], bad: 0 };
  }
  const ids = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, i) => `b-${name}-${i}`);
  const bad = random() < 0.2 ? [{ type: 'track', userId: name }] : [];
  const batch = [...ids.map((id) => ({ type: 'track', ...eventOf(id, random) })), ...bad];
  return { path: '/v1/batch', body: JSON.stringify({ batch }), ids, bad: bad.length };
}

/** Some have a time of their own, most do not: a retry of those is received at another time. */
function eventOf(messageId: string, random: Random): object {
  const person = Math.floor(random() * 40);
  const device = { anonymousId: `device-${person}` };
  const known = random() < 0.4 ? { ...device, userId: `user-${person}` } : device;
  const said = random() < 0.3 ? { timestamp: new Date(Date.now() - random() * 3 * 86_400_000).toISOString() } : {};
  const mail = random() < 0.2 ? { event: 'Email Opened', properties: { email_id: `mail-${person}` } } : undefined;
  return { messageId, ...known, ...said, ...(mail ?? { event: pick(random, BEHAVIOURS) }) };
}
