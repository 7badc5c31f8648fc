import { shortAscii } from '#lib/avro/ascii';
import type { Tap } from '#lib/avro/tap';

/**
 * Makes the short texts of one field from their bytes. The names of rules, stages, publishers and the like come again and
 * again: the same bytes mostly give the very string they gave before, which is faster and takes no memory. A field whose
 * texts are all different, as ids are, is looked at only now and then.
 */
export class Seen {
  #misses = 0;
  #unseen = 0;

  text(tap: Tap, start: number, size: number): string {
    if (this.#unseen > 0) {
      this.#unseen--;
      return newText(tap, start, size);
    }
    const { buf } = tap;
    const place = placeOf(buf, start, size);
    const known = KNOWN[place] ?? '';
    if (isText(known, buf, start, size)) {
      this.#misses = 0;
      return known;
    }
    if (++this.#misses === MISSES) {
      this.#misses = 0;
      this.#unseen = UNSEEN;
    }
    const text = newText(tap, start, size);
    if (text.length === size) KNOWN[place] = text;
    return text;
  }
}

/** After so many misses in a row so many texts are taken to be new. */
const MISSES = 8;
const UNSEEN = 250;

function newText(tap: Tap, start: number, size: number): string {
  return shortAscii(tap.buf, start, size) ?? tap.readUtf8(start, size);
}

/**
 * A text for each place, until another one takes it. Only texts with as many code units as bytes: these are plain ASCII, or
 * hold U+FFFD for what is no UTF-8, which equals no byte. The number of places is a power of two.
 */
const KNOWN: string[] = new Array(2048).fill('');

function placeOf(bytes: Buffer, start: number, size: number): number {
  const end = start + size;
  let hash = size;
  for (let at = start; at < end; at++) hash = (hash * 31 + (bytes[at] ?? 0)) | 0;
  return (hash ^ (hash >>> 15)) & (KNOWN.length - 1);
}

function isText(text: string, bytes: Buffer, start: number, size: number): boolean {
  if (text.length !== size) return false;
  for (let index = 0; index < size; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
