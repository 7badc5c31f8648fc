import { createCrowd } from '#app/generator/crowd';
import { seedOf } from '#app/generator/random';
import { SECOND } from '#app/generator/time';
import type { Clock } from '#lib/flow/ports';

export interface DemoOptions {
  /** Of the running server, e.g. http://127.0.0.1:8080 */
  readonly baseUrl: string;
  /** Of the source that the people report to. */
  readonly writeKey: string;
  /** Ends the demo. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Chooses the people. Take another one on each start: the same seed sends the same event ids again. */
  readonly seed: number;
  /** Told once when the server stops answering, and once when it answers again. */
  readonly onChange?: (state: 'waiting' | 'playing', reason: string) => void;
}

const BEAT = 0.5 * SECOND;
const FIRST_WAIT = 0.5 * SECOND;
const LONGEST_WAIT = 10 * SECOND;
/** A server that takes longer is taken for dead; the batch is sent again, with the same event ids. */
const PATIENCE = 10 * SECOND;

/**
 * Plays people's journeys to a running server's /v1/batch, compressed in time: what they do happens now. While the server
 * does not answer they stand still. Resolves when `signal` is aborted; never rejects because of the server.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { signal, clock } = options;
  const crowd = createCrowd(seedOf(options.seed), clock.now());
  let played = 0;
  while (!signal.aborted) {
    const calls = crowd.until(played, clock.now());
    if (calls.length > 0) await deliver(options, `{"batch":[${calls.join(',')}]}`);
    await clock.sleep(BEAT, signal);
    played += BEAT;
  }
}

/** Sends one batch until the server has taken it, or `signal` is aborted. */
async function deliver(options: DemoOptions, body: string): Promise<void> {
  const { signal, clock, onChange } = options;
  let wait = FIRST_WAIT;
  let waiting = false;
  while (!signal.aborted) {
    const refusal = await post(options, body);
    if (refusal === undefined) {
      if (waiting) onChange?.('playing', 'the server answers again');
      return;
    }
    if (!waiting && !signal.aborted) onChange?.('waiting', refusal);
    waiting = true;
    await clock.sleep(wait, signal);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }
}

/** Why the server did not take it; undefined: it did, or it never will. */
async function post({ baseUrl, writeKey, signal }: DemoOptions, body: string): Promise<string | undefined> {
  try {
    const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
    const response = await fetch(`${baseUrl}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
    await response.arrayBuffer();
    const comesAgain = response.status >= 500 || response.status === 429 || response.status === 404;
    return comesAgain ? `the server answers ${response.status}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
