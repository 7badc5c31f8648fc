import type { CounterChange } from '#lib/flow/fold';
import { Generations, type Weighed } from '#lib/flow/generations';
import type { Share } from '#lib/flow/room';
import type { Overlay } from '#lib/flow/table';
import { ENTRY_BYTES, weightOf } from '#lib/flow/weight';

/** The named values of a counter's bucket. */
type Values = Readonly<Record<string, number>>;

/** A counter at hand. */
interface Counter extends Weighed {
  readonly values: Record<string, number>;
}

/** Counters of a fold, taken from the table when first met and given back at the end of each batch. */
export class Counters {
  readonly #table: Overlay;
  readonly #prefix: string;
  readonly #atHand: Generations<Counter>;
  readonly #changed = new Set<string>();

  constructor(table: Overlay, prefix: string, share: Share) {
    this.#table = table;
    this.#prefix = prefix;
    this.#atHand = new Generations(share);
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
    this.#atHand.age();
  }

  #of(bucket: string): Record<string, number> {
    const known = this.#atHand.get(bucket);
    if (known !== undefined) return known.values;
    const values = { ...(this.#table.get(this.#prefix + bucket) as Values | undefined) };
    this.#atHand.add(bucket, { values, weight: ENTRY_BYTES + weightOf(values) });
    return values;
  }
}
