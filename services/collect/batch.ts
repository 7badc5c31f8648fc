import { dead, ok } from '#lib/flow/outcome';
import type { Checked } from '#services/collect/checked';
import { isJsonObject, type JsonObject } from '#services/collect/json';

/** What one body of 1 MB can hold of real calls; more are tiny ones that would cost more than they are worth. */
const MOST_CALLS = 10_000;

/** A call of a batch; `sent` is what the publisher wrote. */
export interface BatchCall {
  readonly value: unknown;
  readonly sent: unknown;
}

/** The calls of a batch. The batch's own context stands in for what a call's context does not say. */
export function callsOf(body: unknown): Checked<readonly BatchCall[]> {
  if (!isJsonObject(body)) return dead('mistyped_field', 'a batch must be a JSON object');
  const { batch, context } = body;
  if (batch === undefined || batch === null) return dead('missing_field', 'batch is missing: a list of calls');
  if (!Array.isArray(batch)) return dead('mistyped_field', 'batch must be a list of calls');
  if (batch.length > MOST_CALLS) return dead('too_long', `batch has more than ${MOST_CALLS} calls: send fewer at once`);
  const calls: readonly unknown[] = batch;
  return ok(calls.map((sent) => ({ sent, value: isJsonObject(context) ? within(context, sent) : sent })));
}

function within(context: JsonObject, call: unknown): unknown {
  if (!isJsonObject(call)) return call;
  if (call.context === undefined || call.context === null) return { ...call, context };
  return isJsonObject(call.context) ? { ...call, context: { ...context, ...call.context } } : call;
}

/** A call of a batch as bytes; undefined if it is nested too deep to be written. */
export function bytesOfCall(call: unknown): Uint8Array | undefined {
  try {
    return new TextEncoder().encode(JSON.stringify(call));
  } catch {
    return undefined;
  }
}
