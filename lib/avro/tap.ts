import { type Reading, readLong, writeLong } from '#lib/avro/long';

declare global {
  interface Buffer {
    /** What `toString('utf8', start, end)` calls in the end, as avsc does. */
    utf8Slice(start: number, end: number): string;
  }
}

const NOTHING = Buffer.alloc(0);

/**
 * Where a value is read from or written to: what avsc asks of its own taps, checked. Reading throws where a value does not
 * lie between `pos` and `end`. Writing leaves `pos` past the end of `buf` if there is no room; what is there is then worthless.
 */
export class Tap implements Reading {
  buf: Buffer = NOTHING;
  pos = 0;
  end = 0;
  /** Whether all that was read since `open` are the very bytes that writing it gives. Others may write the same otherwise. */
  exact = true;

  open(buf: Buffer, pos: number, end: number): void {
    this.buf = buf;
    this.pos = pos;
    this.end = end;
    this.exact = true;
  }

  /** Keeps no buffer alive. */
  close(): void {
    this.buf = NOTHING;
  }

  /** Where the next bytes begin, which are passed over. */
  take(size: number): number {
    const start = this.pos;
    if (!(size >= 0 && size <= this.end - start)) throw new RangeError('they end too early');
    this.pos = start + size;
    return start;
  }

  readBoolean(): boolean {
    const byte = this.buf[this.take(1)] ?? 0;
    if (byte > 1) this.exact = false;
    return byte !== 0;
  }

  readInt(): number {
    const int = this.readLong();
    if (int !== (int | 0)) this.exact = false;
    return int;
  }

  readLong(): number {
    const { buf, pos } = this;
    if (pos < this.end) {
      const byte = buf[pos] ?? 0;
      if (byte < 0x80) {
        this.pos = pos + 1;
        return (byte >> 1) ^ -(byte & 1);
      }
    }
    return readLong(this);
  }

  readFloat(): number {
    return this.buf.readFloatLE(this.take(4));
  }

  readDouble(): number {
    const double = this.buf.readDoubleLE(this.take(8));
    if (Number.isNaN(double)) this.exact = false;
    return double;
  }

  readFixed(size: number): Buffer {
    const start = this.take(size);
    return this.buf.subarray(start, start + size);
  }

  readBytes(): Buffer {
    return this.readFixed(this.readLong());
  }

  readString(): string {
    const size = this.readLong();
    return this.readUtf8(this.take(size), size);
  }

  /** A text whose place is known. */
  readUtf8(start: number, size: number): string {
    const text = this.buf.utf8Slice(start, start + size);
    if (text.includes('\ufffd')) this.exact = false;
    return text;
  }

  skipBoolean(): void {
    this.take(1);
  }

  skipInt(): void {
    this.readLong();
  }

  skipLong(): void {
    this.readLong();
  }

  skipFloat(): void {
    this.take(4);
  }

  skipDouble(): void {
    this.take(8);
  }

  skipFixed(size: number): void {
    this.take(size);
  }

  skipBytes(): void {
    this.take(this.readLong());
  }

  skipString(): void {
    this.take(this.readLong());
  }

  writeBoolean(boolean: boolean): void {
    this.buf[this.pos++] = boolean ? 1 : 0;
  }

  writeInt(int: number): void {
    this.pos = writeLong(this.buf, this.pos, int);
  }

  writeLong(long: number): void {
    this.pos = writeLong(this.buf, this.pos, long);
  }

  writeFloat(float: number): void {
    const start = this.room(4);
    if (start >= 0) this.buf.writeFloatLE(float, start);
  }

  writeDouble(double: number): void {
    const start = this.room(8);
    if (start >= 0) this.buf.writeDoubleLE(double, start);
  }

  writeFixed(bytes: Uint8Array): void {
    const start = this.room(bytes.length);
    if (start >= 0) this.buf.set(bytes, start);
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeLong(bytes.length);
    this.writeFixed(bytes);
  }

  writeString(text: string): void {
    const size = Buffer.byteLength(text);
    this.writeLong(size);
    const start = this.room(size);
    if (start >= 0) this.buf.write(text, start);
  }

  /** Bytes as a string of code units below 256. */
  writeBinary(bytes: string): void {
    const start = this.room(bytes.length);
    if (start >= 0) this.buf.write(bytes, start, 'latin1');
  }

  /** Writes what is in another place, or elsewhere in this one. */
  copy(bytes: Buffer, start: number, end: number): void {
    if (bytes === this.buf) bytes.copyWithin(this.pos, start, end);
    else bytes.copy(this.buf, this.pos, start, end);
    this.pos += end - start;
  }

  /** Where so many bytes are to be written, or -1 if they have no room. */
  room(size: number): number {
    const start = this.pos;
    this.pos = start + size;
    return this.pos > this.buf.length ? -1 : start;
  }
}

/** What avsc asks of its types without declaring it. `_write` throws for a value that is not of the type. */
export interface TapType {
  _read(tap: Tap): unknown;
  _write(tap: Tap, value: unknown): void;
}
