import { OptionalType } from '#lib/avro/optional';
import { copyRead } from '#lib/avro/page';
import type { Tap } from '#lib/avro/tap';

/**
 * Where the bytes of a codec's messages are: of the one encoded last, which must stay as they are until it is forgotten, and of
 * those read from pages. The next message often has one of those very objects in it, and a copy of its bytes saves encoding it.
 */
export class Origins {
  readonly #copied = new Set<string>();
  #type: string | undefined;
  #value: unknown;
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;

  wrote(type: string | undefined, value: unknown, bytes: Buffer, start: number, end: number): void {
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

  /** Records of this type are copied where they can be. */
  copies(type: string): void {
    this.#copied.add(type);
  }

  /** Whether it is worth while to know where a record of this type was read from. */
  mayCopy(type: string | undefined): type is string {
    return type !== undefined && this.#copied.has(type);
  }

  /** Writes the value if its bytes are known, as those of the same type. */
  copyTo(tap: Tap, type: string | undefined, value: unknown): boolean {
    if (value === this.#value && value !== undefined && type === this.#type) {
      tap.copy(this.#bytes, this.#start, this.#end);
      return true;
    }
    return typeof value === 'object' && value !== null && copyRead(tap, this, type, value);
  }
}

const NOTHING = Buffer.alloc(0);

/** The class of optional records that are copied where they can be. */
export function copying(origins: Origins): typeof OptionalType {
  return class extends OptionalType {
    constructor(...given: ConstructorParameters<typeof OptionalType>) {
      super(...given);
      const { name } = this.types[1];
      if (name !== undefined) origins.copies(name);
    }

    protected override writeOther(tap: Tap, value: unknown): void {
      if (!origins.copyTo(tap, this.types[1].name, value)) super.writeOther(tap, value);
    }
  };
}
