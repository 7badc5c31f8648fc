import type { CounterChange } from '#lib/flow/fold';
import { Generations } from '#lib/flow/generations';
import type { Overlay } from '#lib/flow/table';

/** The named values of a counter's bucket. */
type Values = Readonly<Record<string, number>>;

/** Counters that stay at hand between two batches: so many, and up to twice as many. */
const AT_HAND = 2048;

/** Counters of a fold, taken from the table when first met and given back at the end of each batch. */
export class Counters {
  readonly #table: Overlay;
  readonly #prefix: string;
  readonly #values = new Generations<Record<string, number>>(AT_HAND);
  readonly #changed = new Set<string>();

  constructor(table: Overlay, prefix: string) {
    this.#table = table;
    this.#prefix = prefix;
  }

  add(changes: readonly CounterChange[]): void {
    for (const { bucket, by } of changes) {
      const values = this.#of(bucket);
      for (const [name, value] of Object.entries(by)) values[name] = (values[name] ?? 0) + value;
      this.#changed.add(bucket);
    }
  }

  /** Those changed since the batch began, with their absolute values. */
  changed(): { readonly bucket: string; readonly values: Values }[] {
    return Array.from(this.#changed, (bucket) => ({ bucket, values: { ...this.#of(bucket) } }));
  }

  /** Ends the batch: gives all that changed back to the table. */
  giveBack(): void {
    for (const { bucket, values } of this.changed()) this.#table.put(this.#prefix + bucket, values);
    this.#changed.clear();
    this.#values.age();
  }

  #of(bucket: string): Record<string, number> {
    const known = this.#values.get(bucket);
    if (known !== undefined) return known;
    const values = { ...(this.#table.get(this.#prefix + bucket) as Values | undefined) };
    this.#values.set(bucket, values);
    return values;
  }
}
