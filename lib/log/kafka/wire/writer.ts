/**
 * Bytes of Kafka's protocol, written one after the other into a buffer that grows.
 * https://kafka.apache.org/protocol#protocol_types
 */
export class WireWriter {
  #bytes: Buffer;
  #end = 0;

  constructor(size = 256) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** What is written. Valid until something else is. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Begins anew. */
  clear(): this {
    this.#end = 0;
    return this;
  }

  get end(): number {
    return this.#end;
  }

  int8(value: number): this {
    const at = this.#take(1);
    this.#bytes.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#take(2);
    this.#bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#take(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  /** A safe integer. */
  int64(value: number): this {
    const at = this.#take(8);
    this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
    this.#bytes.writeUInt32BE(value >>> 0, at + 4);
    return this;
  }

  /** A 32-bit number as Avro and Protocol Buffers write it: zigzag, seven bits a byte. */
  varint(value: number): this {
    return this.unsignedVarint((value << 1) ^ (value >> 31));
  }

  unsignedVarint(value: number): this {
    let at = this.#take(5);
    let rest = value >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at++] = rest;
    this.#end = at;
    return this;
  }

  string(value: string): this {
    return this.int16(Buffer.byteLength(value)).text(value);
  }

  /** The text alone, as UTF-8. */
  text(value: string): this {
    const at = this.#take(Buffer.byteLength(value));
    this.#bytes.write(value, at);
    return this;
  }

  /** A string in a flexible version of a request; null is a value of its own. */
  compactString(value: string | null): this {
    return value === null ? this.unsignedVarint(0) : this.unsignedVarint(Buffer.byteLength(value) + 1).text(value);
  }

  /** The length of an array in a flexible version of a request; its items follow. */
  compactArray(length: number): this {
    return this.unsignedVarint(length + 1);
  }

  /** No tagged fields: what ends every structure in a flexible version. */
  noTags(): this {
    return this.int8(0);
  }

  raw(bytes: Uint8Array, start = 0, end = bytes.length): this {
    const at = this.#take(end - start);
    this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
    return this;
  }

  /** Where so many bytes may be written; the buffer may be another one from here on. */
  #take(size: number): number {
    const at = this.#end;
    this.#end = at + size;
    if (this.#end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#end, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}
