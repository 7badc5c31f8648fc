/** Numbers in zigzag and groups of 7 bits, lowest first. https://avro.apache.org/docs/1.12.0/specification/#binary-encoding */

const LOW_BITS = 28;
const LOW = 2 ** LOW_BITS;
const MOST_BYTES = 10;
/** From here on a number may not be the one that was written. */
const INEXACT = 2 ** 53;

/** Bytes that are read from `pos` on and end at `end`. */
export interface Reading {
  readonly buf: Buffer;
  readonly end: number;
  pos: number;
  /** Set to false where writing what was read would give other bytes. */
  exact: boolean;
}

/** Reads a number of any size, rounded if it has more than 53 bits. Throws if it does not end. */
export function readLong(tap: Reading): number {
  const { buf, end } = tap;
  let at = tap.pos;
  const first = at;
  let low = 0;
  let byte = 0x80;
  for (let shift = 0; byte >= 0x80 && shift < LOW_BITS; shift += 7) {
    if (at >= end) throw cutOff();
    byte = buf[at++] ?? 0;
    low |= (byte & 0x7f) << shift;
  }
  if (byte < 0x80) {
    tap.pos = at;
    if (byte === 0 && at - first > 1) tap.exact = false;
    return (low >> 1) ^ -(low & 1);
  }
  let high = 0;
  for (let shift = 0; byte >= 0x80 && shift < LOW_BITS; shift += 7) {
    if (at >= end) throw cutOff();
    byte = buf[at++] ?? 0;
    high |= (byte & 0x7f) << shift;
  }
  let zigzag = low + high * LOW;
  for (let factor = LOW * LOW; byte >= 0x80; factor *= 128) {
    if (at >= end || at - first === MOST_BYTES) throw cutOff();
    byte = buf[at++] ?? 0;
    zigzag += (byte & 0x7f) * factor;
  }
  tap.pos = at;
  if (byte === 0 || zigzag >= INEXACT) tap.exact = false;
  return ((low & 1) === 1 && zigzag < INEXACT ? -(zigzag + 1) : zigzag) / 2;
}

/** Writes an integer and returns where it ends; past the end of the buffer nothing is written. */
export function writeLong(buf: Buffer, pos: number, long: number): number {
  let at = pos;
  let rest: number;
  if (long >= -0x40000000 && long < 0x40000000) {
    rest = (long << 1) ^ (long >> 31);
    while (rest >= 0x80) {
      buf[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
  } else {
    const zigzag = long >= 0 ? long * 2 : -long * 2 - 1;
    rest = Math.floor(zigzag / LOW) | 0;
    const low = (zigzag - rest * LOW) | 0;
    buf[at] = (low & 0x7f) | 0x80;
    buf[at + 1] = ((low >> 7) & 0x7f) | 0x80;
    buf[at + 2] = ((low >> 14) & 0x7f) | 0x80;
    buf[at + 3] = (low >> 21) | 0x80;
    at += 4;
    while (rest >= 0x80) {
      buf[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
  }
  buf[at] = rest;
  return at + 1;
}

function cutOff(): RangeError {
  return new RangeError('a number does not end');
}
