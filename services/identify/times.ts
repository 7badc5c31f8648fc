import type { EventMessage } from '#schemas/topics';
import type { ShardClock } from '#services/identify/state';

/** 2000-01-01T00:00:00Z, ms: an earlier event is a mistake. */
export const EARLIEST = 946_684_800_000;

/** 9999-12-31T23:59:59.999Z, ms: a later time is none. */
const LATEST = 253_402_300_799_999;

/** So far ahead of logged time a record's times may be, since clocks of machines differ, ms. */
const TOLERANCE = 5 * 60_000;

/** Whether a number is a time at all, ms since 1970. */
export function isTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms <= LATEST;
}

function isLikely(ms: number): boolean {
  return isTime(ms) && ms >= EARLIEST;
}

/**
 * Whether a record brings its own time: it begins an import where nothing live was logged yet and no other one is under way,
 * or says so and is of the import that is. What else says so, whoever wrote it, is taken as live.
 */
export function bringsOwnTime({ seq, own_time, import_id = null }: ShardClock, message: EventMessage): boolean {
  if (message.type === 'ImportBegun') return seq === 0 || (own_time === true && import_id === null);
  return message.value.own_time && import_id === (message.value.import_id ?? '');
}

/** Logged time of a record, ms: never back, and never ahead of the clock, whatever the record says. */
export function loggedAtOf(clock: ShardClock, message: EventMessage, now: number): number {
  const { received_at } = message.value;
  const isOwn = bringsOwnTime(clock, message) && isLikely(received_at);
  return Math.max(clock.logged_at, isOwn ? Math.min(received_at, now) : now);
}

/** What tells the times of an event. */
interface Dated {
  readonly occurred_at: number;
  readonly received_at: number;
  readonly clamped: boolean;
}

/**
 * An event with times that can be. It cannot have been received long after it is logged, nor have occurred long after that:
 * logged time stands in for the first, the time of reception for the second, and the event is flagged. `at`: logged time
 * of the first decision on it, ms.
 */
export function withPossibleTimes<Event extends Dated>(event: Event, at: number): Event {
  const { occurred_at, received_at } = event;
  const isReceived = isLikely(received_at) && received_at <= at + TOLERANCE;
  const isPast = !isTime(occurred_at) || occurred_at <= at + TOLERANCE;
  if (isReceived && isPast) return event;
  const received = isReceived ? received_at : at;
  return { ...event, received_at: received, occurred_at: isPast ? occurred_at : received, clamped: true };
}
