/**
 * What goes over an owner's socket: frames of one byte for the kind, four for the length (big endian), then the content.
 * The asker sends one request (JSON). The owner sends hello as soon as it is reached, started when it takes the
 * request up, any number of out and err, and end (one byte: the exit code).
 */
export const KINDS = { request: 1, hello: 2, started: 3, out: 4, err: 5, end: 6 } as const;

export interface Frame {
  readonly kind: number;
  readonly content: Buffer;
}

/** Longer contents are sent as several frames, so that neither side holds much. */
export const LONGEST_CONTENT = 256 * 1024;

/** A request holds at most a model's files. */
export const LONGEST_REQUEST = 16 * 1024 * 1024;

const HEAD = 5;

export function encodeFrame(kind: number, content: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEAD + content.length);
  frame.writeUInt8(kind, 0);
  frame.writeUInt32BE(content.length, 1);
  frame.set(content, HEAD);
  return frame;
}

/** Puts frames together from the pieces that a socket delivers. Throws if one is longer than `longest` bytes. */
export function createDecoder(longest: number): (piece: Buffer) => Frame[] {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = HEAD;

  function take(): Frame | undefined {
    if (held < wanted) return undefined;
    const [all, ...more] = pieces;
    const bytes = more.length === 0 && all !== undefined ? all : Buffer.concat(pieces);
    const length = bytes.readUInt32BE(1);
    if (length > longest) throw new Error(`a frame of ${length} bytes is too long`);
    wanted = HEAD + length;
    const complete = held >= wanted;
    pieces = [complete ? bytes.subarray(wanted) : bytes];
    if (!complete) return undefined;
    const frame = { kind: bytes.readUInt8(0), content: bytes.subarray(HEAD, wanted) };
    held -= wanted;
    wanted = HEAD;
    return frame;
  }

  return (piece) => {
    pieces.push(piece);
    held += piece.length;
    const frames: Frame[] = [];
    for (let frame = take(); frame !== undefined; frame = take()) frames.push(frame);
    return frames;
  };
}
