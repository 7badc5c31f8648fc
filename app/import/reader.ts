import { callOfLine } from '#app/import/line-call';
import type { Line } from '#app/import/lines';
import type { Timing } from '#app/import/timing';
import type { Hash } from '#lib/flow/ports';
import type { DeadLetter, LeadEvent } from '#schemas/generated/records';
import type { Checked } from '#services/collect/checked';
import { deadLetterOf } from '#services/collect/dead-letter';
import { createNormalise } from '#services/collect/normalise';

/** What an import makes of a line. */
export type ReadLine =
  | { readonly kind: 'event'; readonly event: LeadEvent }
  | { readonly kind: 'refused'; readonly letter: DeadLetter }
  | { readonly kind: 'empty' };

export interface LineReader {
  read(line: Line, timing: Timing): ReadLine;
}

/** Everything imported has this publisher, so that the same file imported again is known as such. */
const PUBLISHER = 'import';

const UNKNOWN_CLIENT = { ip: null, userAgent: null };
const EMPTY: ReadLine = { kind: 'empty' };

export function createLineReader(hash: Hash, importId: string, ownTime: boolean): LineReader {
  const normalise = createNormalise(hash);

  function eventOf(value: unknown, line: Line, timing: Timing): Checked<LeadEvent> {
    return normalise(value, {
      publisher: PUBLISHER,
      client: UNKNOWN_CLIENT,
      importId,
      ownTime,
      unsaid: timing.unsaid,
      latest: timing.latest,
      present: timing.present,
      received: timing.received,
      newId() {
        return hash(`${line.number} ${line.bytes.toString('latin1')}`);
      },
    });
  }

  return {
    read(line, timing) {
      const call = callOfLine(line);
      if (call === undefined) return EMPTY;
      const outcome = call.kind === 'dead' ? call : eventOf(call.value, line, timing);
      if (outcome.kind === 'ok') return { kind: 'event', event: outcome.value };
      const letter = deadLetterOf(hash, {
        dead: outcome,
        at: timing.refused,
        origin: `import line ${line.number}`,
        publisher: PUBLISHER,
        value: call.kind === 'ok' ? call.value : undefined,
        original: line.bytes,
      });
      return { kind: 'refused', letter };
    },
  };
}
