import { OptionalType } from '#lib/avro/optional';
import type { Tap } from '#lib/avro/tap';

/**
 * The message encoded last, and its bytes, which must stay as they are: the next message often has that very object in it,
 * and a copy of its bytes saves encoding it again.
 */
export class LastMessage {
  #type: string | undefined;
  #value: unknown;
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;

  remember(type: string | undefined, value: unknown, bytes: Buffer, start: number, end: number): void {
    this.#type = type;
    this.#value = value;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  forget(): void {
    this.#value = undefined;
    this.#bytes = NOTHING;
  }

  /** Writes the value if it is that message's, as the same type. */
  copyTo(tap: Tap, type: string | undefined, value: unknown): boolean {
    if (value === undefined || value !== this.#value || type !== this.#type) return false;
    this.#bytes.copy(tap.buf, tap.pos, this.#start, this.#end);
    tap.pos += this.#end - this.#start;
    return true;
  }
}

const NOTHING = Buffer.alloc(0);

/** The class of optional records that are copied where they can be. */
export function repeating(last: LastMessage): typeof OptionalType {
  return class extends OptionalType {
    protected override writeOther(tap: Tap, value: unknown): void {
      if (!last.copyTo(tap, this.types[1].name, value)) super.writeOther(tap, value);
    }
  };
}
