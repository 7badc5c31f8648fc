import { type Dead, dead, ok } from '#lib/flow/outcome';
import type { Checked } from '#services/collect/checked';
import type { JsonObject } from '#services/collect/json';
import { parseTime, YEAR_2000 } from '#services/collect/time';

/** When a call says that it happened, ms since 1970 UTC; undefined if it does not say. */
export function occurredAt(fields: JsonObject): Checked<number | undefined> {
  const field = fields.timestamp === undefined || fields.timestamp === null ? 'originalTimestamp' : 'timestamp';
  const reported = fields[field];
  if (reported === undefined || reported === null) return ok(undefined);
  const time = parseTime(reported);
  if (time === undefined) return unreadable(field);
  if (time < YEAR_2000) return dead('before_2000', `${field} is before 2000 (epoch times are in milliseconds)`);
  return ok(time);
}

function unreadable(field: string): Dead {
  return dead('mistyped_field', `${field} must be an ISO 8601 time or epoch milliseconds`);
}
