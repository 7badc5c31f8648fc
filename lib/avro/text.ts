import { toUSVString } from 'node:util';
import avsc from 'avsc';
import { SHORT_ASCII } from '#lib/avro/ascii';
import { Seen } from '#lib/avro/known';
import type { Tap } from '#lib/avro/tap';

/** Strings. The plain ASCII ones, as most are, are written in one pass, and those that come often are read without a copy. */
export class TextType extends avsc.types.StringType {
  readonly #seen = new Seen();

  protected _write(tap: Tap, value: unknown): void {
    writeText(tap, value);
  }

  protected _read(tap: Tap): string {
    return readText(tap, this.#seen);
  }

  /** avsc would have resolvers borrow `_read`. */
  protected _update(resolver: { _read?: (tap: Tap) => string }, type: avsc.Type): void {
    if (avsc.Type.isType(type, 'string', 'bytes')) resolver._read = (tap) => this._read(tap);
  }
}

/** `seen`: what this field's texts have been like. */
export function readText(tap: Tap, seen: Seen): string {
  const { buf, pos, end } = tap;
  const start = pos + 1;
  if (start > end) return tap.readString();
  const zigzag = buf[pos] ?? 1;
  const next = start + (zigzag >> 1);
  if ((zigzag & 1) !== 0 || zigzag > 2 * SHORT_ASCII || next > end) return tap.readString();
  tap.pos = next;
  if (next === start) return '';
  return seen.text(tap, start, next - start);
}

let replaced = 0;

/**
 * How many texts have been written so far that are not read back as they were, by any codec: half a surrogate pair has no
 * UTF-8, U+FFFD stands for it.
 */
export function replacedTexts(): number {
  return replaced;
}

export function writeText(tap: Tap, text: unknown): void {
  if (typeof text !== 'string') throw new Error(`not a string: ${JSON.stringify(text)}`);
  if (text.length < SHORT ? writeShort(tap, text) : writePlain(tap, text)) return;
  const wellFormed = toUSVString(text);
  if (wellFormed !== text) replaced++;
  tap.writeString(wellFormed);
}

/** Below this length a loop is faster than a call of Node's. */
const SHORT = 24;

/** The byte count of a plain ASCII text below these lengths takes one byte, or two. */
const ONE_BYTE = 64;
const TWO_BYTES = 8192;

/** A text has at most so many bytes per UTF-16 code unit: where these have room nothing is cut off. */
const MOST_BYTES = 3;

/** Writes a short text if it is plain ASCII. If not, `tap.pos` is as it was and the text must be written otherwise. */
function writeShort(tap: Tap, text: string): boolean {
  const { buf } = tap;
  const size = text.length;
  const start = tap.pos + 1;
  if (start + size > buf.length) return false;
  for (let index = 0; index < size; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return false;
    buf[start + index] = code;
  }
  buf[start - 1] = size << 1;
  tap.pos = start + size;
  return true;
}

/** The same for a longer text: it is plain ASCII if it takes one byte per code unit. */
function writePlain(tap: Tap, text: string): boolean {
  const { buf } = tap;
  const size = text.length;
  const start = tap.pos + (size < ONE_BYTE ? 1 : 2);
  if (size >= TWO_BYTES || start + MOST_BYTES * size > buf.length) return false;
  if (buf.write(text, start) !== size) return false;
  if (size < ONE_BYTE) {
    buf[start - 1] = size << 1;
  } else {
    buf[start - 2] = ((size << 1) & 0x7f) | 0x80;
    buf[start - 1] = size >> 6;
  }
  tap.pos = start + size;
  return true;
}
