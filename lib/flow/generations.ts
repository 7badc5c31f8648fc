import type { Share } from '#lib/flow/room';

/** A value that knows what it takes. */
export interface Weighed {
  /** Bytes, as last noted. */
  weight: number;
}

/** Values by key, of which those used lately stay at hand, as long as their share of the room suffices for them. */
export class Generations<Value extends Weighed> {
  readonly #share: Share;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(share: Share) {
    this.#share = share;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#young.set(key, old);
    this.#oldBytes -= old.weight;
    this.#youngBytes += old.weight;
    return old;
  }

  /** Call only for a key that `get` does not find. */
  add(key: string, value: Value): void {
    this.#young.set(key, value);
    this.#youngBytes += value.weight;
    this.#share.used += value.weight;
  }

  /** Notes another weight of a value that `get` has just found, or that was added. */
  reweigh(value: Value, weight: number): void {
    this.#youngBytes += weight - value.weight;
    this.#share.used += weight - value.weight;
    value.weight = weight;
  }

  delete(key: string): void {
    const value = this.get(key);
    if (value === undefined) return;
    this.reweigh(value, 0);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Forgets what has not been used for a while, if room is short. Until it is called nothing is forgotten. */
  age(): void {
    if (2 * this.#youngBytes < this.#share.limit) return;
    this.#share.used -= this.#oldBytes;
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}
