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

/** A record that may bring its own time. */
interface Timed {
  readonly own_time: boolean;
  /** ms since 1970 UTC. */
  readonly received_at: number;
}

/**
 * Whether a record brings its own time: it says so, and nothing live was logged yet. What says so later, whoever wrote it, is
 * taken as live.
 */
export function bringsOwnTime({ seq, own_time }: ShardClock, record: Timed): boolean {
  return record.own_time && (seq === 0 || own_time === true);
}

/** Logged time of a record, ms: never back, and never ahead of the clock, whatever the record says. */
export function loggedAtOf(clock: ShardClock, record: Timed, now: number): number {
  const isOwn = bringsOwnTime(clock, record) && isLikely(record.received_at);
  return Math.max(clock.logged_at, isOwn ? Math.min(record.received_at, now) : now);
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
