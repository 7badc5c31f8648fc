import { TOLERANCE } from '#services/collect/normalise';

/** Times of an import's records; all in ms since 1970 UTC. */
export interface Timing {
  /** When an event happened that does not say. */
  readonly unsaid: number;
  /** An event later than `latest` is taken to be of `present`. */
  readonly latest: number;
  readonly present: number;
  /** An event later than this is refused: its clock is wrong. */
  readonly refusedAfter: number;
  /** When an event was received, given when it happened. */
  received(occurredAt: number): number;
  /** When a line was refused. */
  readonly refused: number;
}

/** It is all received now. `latest`: the time by which events are known to lie in the future. */
export function presentTime(now: number, latest = now): Timing {
  return {
    unsaid: now,
    latest: latest + TOLERANCE,
    present: now,
    refusedAfter: latest + TOLERANCE,
    refused: now,
    received() {
      return now;
    },
  };
}

/**
 * Time follows the events, never back and never past the ceiling. `newest` is the latest that was accepted before; `base`
 * stands for it before there is one.
 */
export function ownTime(newest: number | null, base: number, ceiling: number): Timing {
  const reached = newest ?? base;
  return {
    unsaid: reached,
    latest: ceiling,
    present: ceiling,
    refusedAfter: ceiling + TOLERANCE,
    refused: reached,
    received(occurredAt) {
      return Math.max(newest ?? occurredAt, occurredAt);
    },
  };
}
