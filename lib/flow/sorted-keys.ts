import { firstPlace } from '#lib/flow/first-place';
/** Negative: `a` comes before `b`. */
export type CompareKeys = (a: string, b: string) => number;

/** A set of keys in their order; one that comes after all others is added at no cost. */
export class SortedKeys {
  readonly #keys: string[] = [];

  constructor(private readonly compare: CompareKeys) {}

  add(key: string): void {
    const last = this.#keys.at(-1);
    const place = last === undefined || this.compare(last, key) < 0 ? this.#keys.length : this.#placeOf(key);
    if (this.#keys[place] !== key) this.#keys.splice(place, 0, key);
  }

  delete(key: string): void {
    const place = this.#placeOf(key);
    if (this.#keys[place] === key) this.#keys.splice(place, 1);
  }

  /** A list of those from `from` to below `to`. */
  within(from: string, to: string): string[] {
    return this.#keys.slice(this.#placeOf(from), this.#placeOf(to));
  }

  /** Of the first key that is not before this one. */
  #placeOf(key: string): number {
    return firstPlace(this.#keys.length, (place) => this.compare(this.#keys[place] ?? '', key) >= 0);
  }
}
