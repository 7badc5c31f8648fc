/** A line of an input, with what it is sorted by. */
export interface SpoolRecord {
  /** When it happened, ms since 1970 UTC; -Infinity: it cannot be told; Infinity: it does not say. */
  readonly time: number;
  readonly bytes: Buffer;
  /** Length of the line, bytes; more than `bytes` has if the line was cut. */
  readonly length: number;
  /** Which input it is of, from 0, and its number there, from 1. */
  readonly input: number;
  readonly line: number;
}

/** Offsets of the fields before the line's bytes, and their end. */
const LENGTH = 8;
const SIZE = 16;
const CONTENT = 20;
/** Bytes of the fields after the line's. */
const ORIGIN = 12;

/** By time, then by content; who said the same thing comes in the order of the inputs. */
export function compareRecords(a: SpoolRecord, b: SpoolRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return Buffer.compare(a.bytes, b.bytes) || a.length - b.length || a.input - b.input || a.line - b.line;
}

/** What a record takes in a file, bytes. */
export function sizeOf({ bytes }: SpoolRecord): number {
  return CONTENT + bytes.length + ORIGIN;
}

/** Writes a record at a place that has room for it. Returns what tells its content, without where it came from. */
export function encodeRecord({ time, bytes, length, input, line }: SpoolRecord, into: Buffer, at: number): Buffer {
  into.writeDoubleLE(time, at);
  into.writeDoubleLE(length, at + LENGTH);
  into.writeUInt32LE(bytes.length, at + SIZE);
  bytes.copy(into, at + CONTENT);
  const origin = at + CONTENT + bytes.length;
  into.writeUInt32LE(input, origin);
  into.writeDoubleLE(line, origin + 4);
  return into.subarray(at, origin);
}

/** Reads a record that encodeRecord wrote; its bytes are shared with `from`. */
export function decodeRecord(from: Buffer, at: number): SpoolRecord {
  const origin = at + CONTENT + from.readUInt32LE(at + SIZE);
  return {
    time: from.readDoubleLE(at),
    length: from.readDoubleLE(at + LENGTH),
    bytes: from.subarray(at + CONTENT, origin),
    input: from.readUInt32LE(origin),
    line: from.readDoubleLE(origin + 4),
  };
}
