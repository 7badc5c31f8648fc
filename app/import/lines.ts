import { createHash } from 'node:crypto';
import { pieces } from '#app/import/pieces';

/** How far an import has read: whole lines from the start of its input. */
export interface Place {
  readonly lines: number;
  readonly bytes: number;
  /** SHA-256 of those bytes, hex: tells whether another input is the same one. */
  readonly sha256: string;
}

export interface Line {
  /** Which of the inputs it is of, from 0. */
  readonly input: number;
  /** From 1. */
  readonly number: number;
  /** Length without the line's end, bytes. */
  readonly length: number;
  /** Its content; of a line over LONGEST_LINE only the first KEPT bytes. */
  readonly bytes: Buffer;
}

/** Lines that follow each other, and the place after them. */
export interface Block {
  readonly lines: readonly Line[];
  readonly place: Place;
}

/** 1 MB, as for a body over HTTP. */
export const LONGEST_LINE = 1_048_576;
/** What is kept of a longer line, bytes. */
export const KEPT = 65_536;

const NEWLINE = 10;

/** The input is not the one that was read before, or ends earlier. */
export class OtherInput extends Error {
  override readonly name = 'OtherInput';
}

/**
 * The lines of an input after a place that was reached before; throws OtherInput if what comes before that place is not
 * the same. `number`: which of the inputs it is. Memory stays bounded by the longest line that is accepted.
 */
export async function* linesAfter(
  input: AsyncIterable<Uint8Array>,
  from: Place | undefined,
  number = 0,
): AsyncGenerator<Block> {
  const hash = createHash('sha256');
  const splitter = createSplitter(number, from?.lines ?? 0);
  let skip = from?.bytes ?? 0;
  let bytes = 0;
  let ready: Block | undefined;
  const pass = (read: Buffer): void => {
    hash.update(read);
    bytes += read.length;
  };
  const place = (): Place => ({ lines: splitter.count(), bytes, sha256: hash.copy().digest('hex') });

  for await (const piece of pieces(input)) {
    const known = piece.subarray(0, skip);
    const fresh = piece.subarray(known.length);
    pass(known);
    skip -= known.length;
    if (known.length > 0 && skip === 0 && place().sha256 !== from?.sha256) throw new OtherInput(NOT_THE_SAME);
    const end = fresh.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      if (ready !== undefined) yield ready;
      pass(fresh.subarray(0, end));
      ready = { lines: splitter.split(fresh.subarray(0, end)), place: place() };
    }
    pass(fresh.subarray(end));
    splitter.keep(fresh.subarray(end));
  }
  if (skip > 0) throw new OtherInput(NOT_THE_SAME);
  const last = splitter.rest();
  const lines = [...(ready?.lines ?? []), ...(last === undefined ? [] : [last])];
  if (lines.length > 0) yield { lines, place: place() };
}

const NOT_THE_SAME = 'the input is not the one that was read before';

interface Splitter {
  /** Bytes that end with a newline. */
  split(bytes: Buffer): readonly Line[];
  /** The start of a line whose end is still to come. */
  keep(bytes: Buffer): void;
  /** A last line without an end. */
  rest(): Line | undefined;
  /** Lines so far. */
  count(): number;
}

function createSplitter(input: number, before: number): Splitter {
  let count = before;
  let started: Buffer[] = [];
  let length = 0;

  function keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    length += bytes.length;
    if (length <= LONGEST_LINE) started.push(bytes);
    else started = [Buffer.concat(started).subarray(0, KEPT)];
  }

  function finish(): Line {
    const line = { input, number: ++count, length, bytes: Buffer.concat(started) };
    started = [];
    length = 0;
    return line;
  }

  /** The end of the line that was started, or a whole one. */
  function endOf(bytes: Buffer): Line {
    if (length === 0 && bytes.length <= LONGEST_LINE) return { input, number: ++count, length: bytes.length, bytes };
    keep(bytes);
    return finish();
  }

  return {
    keep,
    split(bytes) {
      const lines: Line[] = [];
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        lines.push(endOf(bytes.subarray(start, end)));
        start = end + 1;
      }
      return lines;
    },
    rest: () => (length === 0 ? undefined : finish()),
    count: () => count,
  };
}
