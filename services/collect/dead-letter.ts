import type { Dead } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { DeadLetter } from '#schemas/generated/records';
import { idOf } from '#services/collect/identifiers';
import { isJsonObject } from '#services/collect/json';
import { withoutWriteKey } from '#services/collect/write-key';

/** A call that cannot become an event. */
export interface Refused {
  /** Why. */
  readonly dead: Dead;
  /** ms since 1970 UTC */
  readonly at: number;
  /** http /v1/track, import line 17 */
  readonly origin: string;
  /** Name of the source. */
  readonly publisher: string;
  /** What was refused, as far as it could be parsed. */
  readonly value: unknown;
  readonly original: Uint8Array;
}

const LATIN1 = new TextDecoder('latin1');

/** The same bytes from the same place always give the same id. Write keys are not kept. */
export function deadLetterOf(hash: Hash, refused: Refused): DeadLetter {
  const id = isJsonObject(refused.value) ? idOf('messageId', refused.value.messageId) : undefined;
  const original = withoutWriteKey(refused.original, refused.value);
  return {
    dead_letter_id: hash(`${refused.origin}\n${LATIN1.decode(original)}`),
    at: refused.at,
    reason: refused.dead.reason,
    detail: refused.dead.detail,
    origin: refused.origin,
    publisher: refused.publisher,
    event_id: id?.kind === 'ok' ? id.value : null,
    original: new Uint8Array(original),
  };
}
