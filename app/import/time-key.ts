import { callOfLine } from '#app/import/line-call';
import type { Line } from '#app/import/lines';
import { isJsonObject } from '#services/collect/json';
import { occurredAt } from '#services/collect/occurred';

/** A line that cannot be read, or says no time that can be: before all others. */
export const UNREADABLE = Number.NEGATIVE_INFINITY;
/** A line that does not say when it happened: after all others. */
export const UNSAID = Number.POSITIVE_INFINITY;

/** What a line is sorted by: when it says it happened, ms since 1970 UTC. Undefined for an empty line. */
export function timeKeyOf(line: Line): number | undefined {
  const call = callOfLine(line);
  if (call === undefined) return undefined;
  if (call.kind === 'dead' || !isJsonObject(call.value)) return UNREADABLE;
  const occurred = occurredAt(call.value);
  return occurred.kind === 'dead' ? UNREADABLE : (occurred.value ?? UNSAID);
}
