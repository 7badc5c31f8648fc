import { contributionsAt, type Pricing } from '#services/score/contributions';
import { effectOf } from '#services/score/effect';
import { massesOf } from '#services/score/masses';
import type { Match } from '#services/score/state';
import type { Walked } from '#services/score/walk';

/** What walk tells, of any change. */
export function compared(before: readonly Match[], after: readonly Match[], at: number, pricing: Pricing): Walked {
  const old = contributionsAt(before, at, 'exclusive', pricing);
  const now = after === before ? old : contributionsAt(after, at, 'exclusive', pricing);
  return { effect: effectOf(old, now, at), masses: massesOf(now, at, pricing), disqualifying: now };
}
