/** Bytes of Kafka's protocol, read one after the other. Throws a RangeError where they end early. */
export class WireReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** As a number: offsets and ids stay far below 2^53. */
  int64(): number {
    return this.int32() * 2 ** 32 + (this.int32() >>> 0);
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      if (shift > 28) throw new RangeError('a number of more than 32 bits');
    }
  }

  string(): string | null {
    return this.#text(this.int16());
  }

  compactString(): string | null {
    return this.#text(this.unsignedVarint() - 1);
  }

  array<Item>(item: () => Item): Item[] {
    return this.#items(this.int32(), item);
  }

  compactArray<Item>(item: () => Item): Item[] {
    return this.#items(this.unsignedVarint() - 1, item);
  }

  /** Bytes with their length before them, not copied; null has none. */
  data(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.take(length);
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError('the answer ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Goes over tagged fields, or gives those that `wanted` reads. */
  tags(wanted?: (tag: number, value: WireReader) => void): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      const tag = this.unsignedVarint();
      const value = this.take(this.unsignedVarint());
      wanted?.(tag, new WireReader(value));
    }
  }

  #text(length: number): string | null {
    return length < 0 ? null : this.take(length).toString();
  }

  #items<Item>(length: number, item: () => Item): Item[] {
    const items: Item[] = [];
    for (let i = 0; i < length; i++) items.push(item());
    return items;
  }
}
