import { callOfLine } from '#app/import/line-call';
import type { Line } from '#app/import/lines';
import type { Timing } from '#app/import/timing';
import { type Dead, dead, ok } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { DeadLetter, LeadEvent } from '#schemas/generated/records';
import type { Checked } from '#services/collect/checked';
import { deadLetterOf } from '#services/collect/dead-letter';
import { isJsonObject } from '#services/collect/json';
import { createNormalise } from '#services/collect/normalise';
import { occurredAt } from '#services/collect/occurred';

/** What an import makes of a line. */
export type ReadLine =
  | { readonly kind: 'event'; readonly event: LeadEvent }
  | { readonly kind: 'refused'; readonly letter: DeadLetter }
  | { readonly kind: 'empty' };

export interface LineReader {
  read(line: Line, timing: Timing): ReadLine;
}

export interface ReaderOptions {
  readonly hash: Hash;
  readonly importId: string;
  /** The source whose events these are. */
  readonly publisher: string;
  /** Whether it may report a behaviour; left out: any. */
  readonly may?: ((behaviour: string) => boolean) | undefined;
  readonly ownTime: boolean;
  /** Names of the inputs; with several of them a refused line tells its own. */
  readonly inputs: readonly string[];
}

/** Why a line is refused whose clock is ahead. */
export const IN_THE_FUTURE = 'in_the_future';

const UNKNOWN_CLIENT = { ip: null, userAgent: null };
const EMPTY: ReadLine = { kind: 'empty' };
const NO_ID = '';
const CONTROL = /\p{Cc}/gu;
const LAST_DATE = 8_640_000_000_000_000;

export function createLineReader({ hash, importId, publisher, may, ownTime, inputs }: ReaderOptions): LineReader {
  const normalise = createNormalise(hash);
  const names = inputs.length > 1 ? inputs.map((name) => `${name.replace(CONTROL, ' ')} `) : [];

  function eventOf(value: unknown, timing: Timing): Checked<LeadEvent> {
    const outcome = normalise(value, {
      publisher,
      ...(may === undefined ? {} : { may }),
      client: UNKNOWN_CLIENT,
      importId,
      ownTime,
      unsaid: timing.unsaid,
      latest: timing.latest,
      present: timing.present,
      received: timing.received,
      newId: () => NO_ID,
    });
    if (outcome.kind === 'dead') return outcome;
    const event = outcome.value;
    const ahead = event.clamped ? tooFarAhead(value, timing) : undefined;
    if (ahead !== undefined) return ahead;
    // the same content is the same event, wherever it stands
    return event.event_id === NO_ID ? ok({ ...event, event_id: event.content_hash }) : outcome;
  }

  return {
    read(line, timing) {
      const call = callOfLine(line);
      if (call === undefined) return EMPTY;
      const outcome = call.kind === 'dead' ? call : eventOf(call.value, timing);
      if (outcome.kind === 'ok') return { kind: 'event', event: outcome.value };
      const letter = deadLetterOf(hash, {
        dead: outcome,
        at: timing.refused,
        origin: `import ${names[line.input] ?? ''}line ${line.number}`,
        publisher,
        value: call.kind === 'ok' ? call.value : undefined,
        original: line.bytes,
      });
      return { kind: 'refused', letter };
    },
  };
}

/** `value` is a call whose time lies ahead of the latest. */
function tooFarAhead(value: unknown, { refusedAfter }: Timing): Dead | undefined {
  const said = isJsonObject(value) ? occurredAt(value) : undefined;
  if (said?.kind !== 'ok' || said.value === undefined || said.value <= refusedAfter) return undefined;
  return dead(IN_THE_FUTURE, `it is dated ${dateOf(said.value)}, in the future: mend its time and import it again`);
}

function dateOf(time: number): string {
  return time <= LAST_DATE ? new Date(time).toISOString() : `${time} ms after 1970`;
}
