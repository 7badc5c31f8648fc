/** Reproducible randomness: the same numbers on any machine, any day. Only integer operations and exact divisions. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** A run's seed as two 32-bit words. */
export interface Seed {
  readonly low: number;
  readonly high: number;
}

/** Any safe integer; negative ones are seeds of their own. */
export function seedOf(seed: number): Seed {
  const low = mix(seed | 0);
  return { low, high: mix(low ^ Math.floor(seed / 2 ** 32)) };
}

/** The 32-bit finalizer of MurmurHash3 (Austin Appleby, public domain): a permutation of the 32-bit integers. */
export function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const WARM_UP = 12;

/** sfc32 (Chris Doty-Humphrey, PractRand, public domain), one stream per (seed, stream number). */
class Sfc32 implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: Seed, stream: number) {
    this.a = seed.low;
    this.b = seed.high;
    this.c = mix(stream);
    for (let round = 0; round < WARM_UP; round++) this.next();
  }

  next(): number {
    const { a, b, c, counter } = this;
    const t = (a + b + counter) | 0;
    this.counter = (counter + 1) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 2 ** 32;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }
}

export function createRandom(seed: Seed, stream: number): Random {
  return new Sfc32(seed, stream);
}
