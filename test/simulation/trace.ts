/** Lines kept of a run's history, for the report of a failure. */
const KEPT = 2000;

/** The history of a run: its last lines, and a hash over all of them that tells two runs apart. */
export class Trace {
  readonly #print: ((line: string) => void) | undefined;
  #lines: string[] = [];
  #hash = 0x811c9dc5;

  /** `print`: told every line as it happens. */
  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  note(at: number, what: string): void {
    const line = `${at} ${what}`;
    this.#mix(line);
    this.#print?.(line);
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT) this.#lines = this.#lines.slice(-KEPT);
  }

  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** FNV-1a over the UTF-16 units of all lines, 32 bits. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  #mix(line: string): void {
    let hash = this.#hash;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    this.#hash = hash;
  }
}
