import type { Random } from '#app/generator/random';
import type { Trace } from '#test/simulation/trace';

/** Whoever an event belongs to: its events never happen after its death, and late while it is frozen. */
export interface Owner {
  readonly alive: boolean;
  /** Virtual time, ms. */
  readonly frozenUntil: number;
}

/** Something that will happen. */
export interface Planned {
  cancelled: boolean;
}

interface Entry extends Planned {
  at: number;
  /** When it was to happen at first: what a frozen owner missed comes in its order. */
  readonly due: number;
  /** Drawn: the order of events at the same time. */
  readonly rank: number;
  readonly what: string;
  readonly run: () => void;
  readonly owner: Owner | undefined;
}

/** Virtual time. One event happens after another; between two of them all promises that can go on do so. */
export class Schedule {
  /** Virtual time, ms since the beginning of the simulation. */
  now = 0;
  /** Events that have happened. */
  happened = 0;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #heap: Entry[] = [];

  constructor(random: Random, trace: Trace) {
    this.#random = random;
    this.#trace = trace;
  }

  /** Plans an event in `delay` ms. */
  after(delay: number, what: string, run: () => void, owner?: Owner): Planned {
    const at = this.now + delay;
    const entry = { at, due: at, rank: this.#random.next(), what, run, owner, cancelled: false };
    this.#push(entry);
    return entry;
  }

  /** Lets events happen until `done`, asked after each of them, or until none is left. */
  async run(done: () => boolean): Promise<void> {
    while (!done()) {
      const entry = this.#pop();
      if (entry === undefined) return;
      if (entry.cancelled || entry.owner?.alive === false) continue;
      this.now = entry.at;
      if (entry.owner !== undefined && entry.owner.frozenUntil > this.now) {
        entry.at = entry.owner.frozenUntil;
        this.#push(entry);
        continue;
      }
      this.happened++;
      this.#trace.note(this.now, entry.what);
      entry.run();
      await promises();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || compare(above, entry) < 0) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let smaller = heap[child];
      if (smaller === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && compare(right, smaller) < 0) {
        smaller = right;
        child++;
      }
      if (compare(last, smaller) < 0) break;
      heap[i] = smaller;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function compare(a: Entry, b: Entry): number {
  return a.at - b.at || a.due - b.due || a.rank - b.rank;
}

/** Resolves when no promise can go on without an event: immediates come after all micro-tasks. */
function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
