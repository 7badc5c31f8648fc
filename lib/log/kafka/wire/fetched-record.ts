import type { FetchedBatch } from '#lib/log/kafka/wire/fetched-batch';

/** A record that was fetched: places in `bytes`. */
export interface FetchedRecord {
  readonly offset: number;
  readonly bytes: Buffer;
  /** -1: it has no key. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** -1: it has no value. */
  readonly start: number;
  readonly end: number;
}

/** Goes through the records of batches, one page after the other: what nobody asks for is not made. */
export class RecordCursor {
  readonly #batches: readonly FetchedBatch[];
  readonly #from: number;
  #batch = 0;
  #place = 0;
  #at = 0;

  /** Records below offset `from` are passed over: a batch may begin before it. */
  constructor(batches: readonly FetchedBatch[], from: number) {
    this.#batches = batches;
    this.#from = from;
  }

  /** How many records are left, at most. */
  get left(): number {
    const begun = this.done ? 0 : this.#place;
    return this.#batches.slice(this.#batch).reduce((sum, { count }) => sum + count, 0) - begun;
  }

  /** Whether there are no more. */
  get done(): boolean {
    return this.#current() === undefined;
  }

  /** The next records, at most `limit`; none: there are no more. Throws if the bytes are no records. */
  next(limit: number): FetchedRecord[] {
    const page: FetchedRecord[] = [];
    while (page.length < limit) {
      const batch = this.#current();
      if (batch === undefined) break;
      const record = this.#read(batch);
      if (record.offset >= this.#from) page.push(record);
    }
    return page;
  }

  /** The batch of the next record; undefined at the end. */
  #current(): FetchedBatch | undefined {
    for (;;) {
      const batch = this.#batches[this.#batch];
      if (batch === undefined || (this.#place < batch.count && batch.lastOffset >= this.#from)) return batch;
      this.#batch++;
      this.#place = 0;
      this.#at = 0;
    }
  }

  /** https://kafka.apache.org/documentation/#record */
  #read({ baseOffset, records: bytes }: FetchedBatch): FetchedRecord {
    const length = this.#varint(bytes);
    const next = this.#at + length;
    if (length < 0 || next > bytes.length) throw new Error(`the batch at offset ${baseOffset} ends within a record`);
    this.#at++; // attributes
    this.#skip(bytes); // difference to the batch's time, 64 bits
    const offset = baseOffset + this.#varint(bytes);
    const keyLength = this.#varint(bytes);
    const keyStart = keyLength < 0 ? -1 : this.#at;
    const keyEnd = this.#at + Math.max(0, keyLength);
    this.#at = keyEnd;
    const valueLength = this.#varint(bytes);
    const start = valueLength < 0 ? -1 : this.#at;
    const end = this.#at + Math.max(0, valueLength);
    if (end > next) throw new Error(`the record at offset ${offset} is longer than it says`);
    this.#at = next; // behind the headers
    this.#place++;
    return { offset, bytes, keyStart, keyEnd, start, end };
  }

  /** Of 32 bits, zigzag. */
  #varint(bytes: Buffer): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.#at++];
      if (byte === undefined) throw new Error('the batch ends within a number');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new Error('a number of more than 32 bits');
  }

  #skip(bytes: Buffer): void {
    while ((bytes[this.#at++] ?? 0) >= 0x80);
  }
}
