import type { Tap } from '#lib/avro/tap';

/**
 * A buffer of messages, of which those of one type are read by one codec. It is there for as long as others keep it: a value
 * that outlives the page it came in keeps no more of it than this.
 */
export class Page {
  readonly #bytes: WeakRef<Buffer>;

  constructor(
    readonly codec: object,
    readonly type: string,
    bytes: Buffer,
  ) {
    this.#bytes = new WeakRef(bytes);
  }

  get bytes(): Buffer | undefined {
    return this.#bytes.deref();
  }
}

/**
 * Notes at a value that was just read where in the page its bytes are. Nobody but `copyRead` sees the note, and no copy has
 * it: to all others the value is plain data.
 */
export function noteOrigin(value: object, page: Page, start: number, end: number): void {
  new Origin(value, page, start, end);
}

/** Writes the value if the codec read it as this type and the page is still there. */
export function copyRead(tap: Tap, codec: object, type: string | undefined, value: object): boolean {
  return Origin.copy(tap, codec, type, value);
}

/** What is constructed is the given object itself: a class that extends this one gives it private fields. */
const Given = function given(value: object) {
  return value;
} as unknown as new (
  value: object,
) => object;

class Origin extends Given {
  readonly #page: Page;
  readonly #start: number;
  readonly #end: number;

  constructor(value: object, page: Page, start: number, end: number) {
    super(value);
    this.#page = page;
    this.#start = start;
    this.#end = end;
  }

  static copy(tap: Tap, codec: object, type: string | undefined, value: object): boolean {
    if (!(#page in value)) return false;
    const page = value.#page;
    if (page.codec !== codec || page.type !== type) return false;
    const { bytes } = page;
    if (bytes === undefined) return false;
    tap.copy(bytes, value.#start, value.#end);
    return true;
  }
}
