import { callText } from '#app/generator/call';
import { arrivalOf, journeyOf } from '#app/generator/journey';
import { mix, type Seed, seedOf } from '#app/generator/random';
import type { Step } from '#app/generator/step';
import { DAY, type Span } from '#app/generator/time';

export interface GenerateOptions {
  readonly leads: number;
  /** Events lie in so many days before `end`. */
  readonly days: number;
  readonly seed: number;
  /** ms since 1970 UTC; 2026-09-01 unless told, so that the same arguments give the same bytes on any day. */
  readonly end?: number;
}

/** A line and its place in the order of all lines: by time, then lead, then the lead's own order. */
interface Placed {
  readonly lead: number;
  readonly number: number;
  readonly step: Step;
}

const DEFAULT_END = Date.UTC(2026, 8, 1);
const MOST_LEADS = 2 ** 30;
const MOST_DAYS = 3_650;
/** Events per lead, about, and how many to sort at a time: they bound the memory, not the output. */
const EVENTS_PER_LEAD = 20;
const EVENTS_PER_WINDOW = 20_000;
/** One line in so many comes twice, as publishers that retry send it. */
const RETRIED = 200;

/**
 * The events of `leads` people as lines of NDJSON, each with its line feed, sorted by timestamp. The same arguments give
 * the same lines. Memory: 4 bytes per lead, and the events of one window of time.
 * Throws a RangeError, whose message is for the user, if an option is out of range.
 */
export function generate(options: GenerateOptions): Generator<string, void, undefined> {
  const { leads, days, seed, end = DEFAULT_END } = options;
  inRange('leads', leads, 1, MOST_LEADS);
  inRange('days', days, 1, MOST_DAYS);
  inRange('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  inRange('end', end, MOST_DAYS * DAY, 8.64e15);
  return lines(seedOf(seed), leads, { start: end - days * DAY, days });
}

function inRange(name: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new RangeError(`${name} must be a whole number from ${from} to ${to}, not ${value}`);
}

function* lines(seed: Seed, leads: number, span: Span): Generator<string, void, undefined> {
  for (const placed of inOrder(seed, leads, span)) {
    const { lead, number, step } = placed;
    const line = `${callText(seed, lead, number, step)}\n`;
    yield line;
    if ((mix(lead ^ mix(number ^ seed.low)) >>> 0) % RETRIED === 0) yield line;
  }
}

/**
 * A calendar queue: time is cut into windows, each with a linked list of the leads whose next step falls into it. A lead's
 * journey is computed anew for every window it is met in, instead of being kept.
 */
function* inOrder(seed: Seed, leads: number, span: Span): Generator<Placed, void, undefined> {
  const windows = Math.ceil((leads * EVENTS_PER_LEAD) / EVENTS_PER_WINDOW);
  const width = Math.ceil((span.days * DAY) / windows);
  const end = span.start + span.days * DAY;
  const firstOf = new Int32Array(windows).fill(-1);
  const nextOf = new Int32Array(leads).fill(-1);

  function enqueue(lead: number, at: number): void {
    if (at >= end) return;
    const window = Math.floor((at - span.start) / width);
    nextOf[lead] = firstOf[window] ?? -1;
    firstOf[window] = lead;
  }

  for (let lead = 0; lead < leads; lead++) enqueue(lead, arrivalOf(seed, lead, span));
  for (let window = 0; window < windows; window++) {
    const from = span.start + window * width;
    const to = Math.min(from + width, end);
    const due: Placed[] = [];
    let lead = firstOf[window] ?? -1;
    while (lead >= 0) {
      const following = nextOf[lead] ?? -1;
      const steps = journeyOf(seed, lead, span);
      for (const [number, step] of steps.entries()) {
        if (step.at < from) continue;
        if (step.at >= to) {
          enqueue(lead, step.at);
          break;
        }
        due.push({ lead, number, step });
      }
      lead = following;
    }
    yield* due.sort((one, other) => one.step.at - other.step.at || one.lead - other.lead || one.number - other.number);
  }
}
