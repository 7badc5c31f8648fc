import { TOLERANCE } from '#services/collect/normalise';

/** Times of an import's records; all in ms since 1970 UTC. */
export interface Timing {
  /** When an event happened that does not say. */
  readonly unsaid: number;
  /** An event later than `latest` is taken to be of `present`. */
  readonly latest: number;
  readonly present: number;
  /** When an event was received, given when it happened. */
  received(occurredAt: number): number;
  /** When a line was refused. */
  readonly refused: number;
}

/** Into a log in use: it is all received now. */
export function presentTime(now: number): Timing {
  return {
    unsaid: now,
    latest: now + TOLERANCE,
    present: now,
    refused: now,
    received() {
      return now;
    },
  };
}

/**
 * Into a log without activities: time follows the events, never back and never past the ceiling. `newest` is the
 * latest that was accepted before; `base` stands for it before there is one.
 */
export function ownTime(newest: number | null, base: number, ceiling: number): Timing {
  const reached = newest ?? base;
  return {
    unsaid: reached,
    latest: ceiling,
    present: ceiling,
    refused: reached,
    received(occurredAt) {
      return Math.max(newest ?? occurredAt, occurredAt);
    },
  };
}
