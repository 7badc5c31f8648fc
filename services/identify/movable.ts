import type { TableReader } from '#lib/flow/store';
import { endOf, timeIn, timeKey } from '#lib/flow/table';
import { type Held, type HeldRow, heldOf } from '#services/identify/held';
import { lastingBefore } from '#services/identify/lasting';
import { heldGroup } from '#services/identify/state';

/** A part of an identifier's history, from a time to before another, ms. */
export interface Span {
  readonly from: number;
  /** undefined: without end. */
  readonly to: number | undefined;
}

/**
 * The activities of an identifier's history that move when their owner changes, in order of time: those since `oldest` (ms),
 * and of older ones the last words on lasting facts.
 */
export function* movableBy(state: TableReader, identifier: string, oldest: number, span = ALL): Iterable<Held> {
  const group = heldGroup(identifier);
  const end = span.to === undefined ? endOf(group) : group + timeKey(span.to);
  let lasting: ReadonlySet<string> | undefined;
  for (const [key, row] of state.range(group + timeKey(span.from), end)) {
    const place = key.slice(group.length);
    if (timeIn(place) < oldest) {
      lasting ??= lastingBefore(state, identifier, oldest);
      if (!lasting.has(place)) continue;
    }
    yield heldOf(identifier, row as HeldRow);
  }
}

const ALL: Span = { from: 0, to: undefined };
