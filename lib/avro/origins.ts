import { ListType } from '#lib/avro/list';
import { OptionalType } from '#lib/avro/optional';
import { copyRead } from '#lib/avro/page';
import type { Tap } from '#lib/avro/tap';

/**
 * Where bytes of a codec's records are: of the message encoded last, which must stay as they are until it is forgotten, of
 * those read from pages, and of the list item that the message under way had last. The very object often comes again, in the
 * next message or list, and a copy of its bytes saves encoding it.
 */
export class Origins {
  readonly #copied = new Set<string>();
  #type: string | undefined;
  #value: unknown;
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  #item: unknown;
  #itemType: string | undefined;
  #itemStart = 0;
  #itemEnd = 0;

  /** A message is about to be written, or once more: of its items none is written yet. */
  begin(): void {
    this.#item = undefined;
  }

  wroteItem(type: string | undefined, item: unknown, start: number, end: number): void {
    this.#itemType = type;
    this.#item = item;
    this.#itemStart = start;
    this.#itemEnd = end;
  }

  /** Writes the item if it is the one written last, as the same type. */
  copyItemTo(tap: Tap, type: string | undefined, item: unknown): boolean {
    if (item !== this.#item || item === undefined || type !== this.#itemType) return false;
    tap.copy(tap.buf, this.#itemStart, this.#itemEnd);
    return true;
  }

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
    this.#item = undefined;
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

/** The class of lists whose records are copied where they can be. */
export function copyingItems(origins: Origins): typeof ListType {
  return class extends ListType {
    protected override writeItem(tap: Tap, item: unknown): void {
      const { name } = this.itemsType;
      if (name === undefined) {
        super.writeItem(tap, item);
      } else if (!origins.copyItemTo(tap, name, item)) {
        const start = tap.pos;
        super.writeItem(tap, item);
        origins.wroteItem(name, item, start, tap.pos);
      }
    }
  };
}
