import { InvalidArgumentError } from 'commander';

const SHAPE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A time that a user wrote: `now`, or ISO 8601; UTC unless it says otherwise. The blank that `sql` prints between date and
 * time is taken as well. Returns ms since 1970 UTC.
 */
export function parseTime(text: string): number | 'now' {
  if (text === 'now') return 'now';
  const [, date, clock = '00:00', zone = 'Z'] = SHAPE.exec(text) ?? [];
  const time = Date.parse(`${date}T${clock}${zone}`);
  const midnight = Date.parse(`${date}T00:00Z`);
  // a day that its month does not have (2025-02-30) is silently moved on by Date
  if (!Number.isNaN(time) && new Date(midnight).toISOString().startsWith(`${date}`)) return time;
  throw new InvalidArgumentError('Give a time as ISO 8601, e.g. 2026-03-01 or 2026-03-01T09:30:00Z, or now.');
}
