import { clip } from '#lib/flow/clip';
import type { Hash } from '#lib/flow/ports';

/** Longer texts are hashed: a key of a store has at most 1978 bytes, and a character takes up to 3. */
const LONGEST = 200;
/** As much of a longer text stays in front of its hash, so that keys keep their order. */
const BEGINNING = 120;

/**
 * A text that stands for one event in the keys of a table: event ids are unique only within their source. Texts are in the
 * order of (event id, source). Short ones stand for themselves, since hashing every event costs more than the longer key.
 */
export function eventKey({ publisher, event_id }: EventIdentity, hash: Hash): string {
  const text = `${event_id} ${publisher}.${publisher.length}`;
  return text.length <= LONGEST ? text : `${clip(text, BEGINNING)} h.${hash(text)}`;
}

export interface EventIdentity {
  readonly publisher: string;
  readonly event_id: string;
}
