import type { TableReader } from '#lib/flow/store';
import { timeKey } from '#lib/flow/table';

/** A lead's entry in the index of wake-ups. */
export interface WakeEntry {
  readonly at: number;
  readonly lead: string;
}

/** Stored entries are fetched so many at a time, from a window of time as wide as this, ms. */
const PAGE = 128;
const WINDOW = 6 * 3_600_000;

/**
 * Wake-ups of one fold in (time, lead) order, over an index kept in its table under `prefix` + time + '.' + lead.
 * Entries added in this batch wait in a heap; stored ones are fetched page by page. An entry may be stale: whoever takes it
 * checks it against the lead.
 */
export class Wakes {
  readonly #stored: TableReader;
  readonly #prefix: string;
  readonly #heap: WakeEntry[] = [];
  #page: WakeEntry[] = [];
  #at = 0;
  #from: string;
  /** Entries before this time are fetched, but for those from #from on if there are `#more`. */
  #fetchedTo = Number.NEGATIVE_INFINITY;
  #more = false;

  /** `stored` is the table as of the beginning of the batch. */
  constructor(stored: TableReader, prefix: string) {
    this.#stored = stored;
    this.#prefix = prefix;
    this.#from = prefix;
  }

  keyOf(entry: WakeEntry): string {
    return `${this.#prefix}${timeKey(entry.at)}.${entry.lead}`;
  }

  add(entry: WakeEntry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || compare(above, entry) <= 0) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Takes the first entry before `time` (exclusive), ms. */
  take(time: number): WakeEntry | undefined {
    const stored = this.#peekStored(time);
    const added = this.#heap[0];
    if (stored !== undefined && (added === undefined || compare(stored, added) <= 0)) {
      if (stored.at >= time) return undefined;
      this.#at++;
      return stored;
    }
    if (added === undefined || added.at >= time) return undefined;
    return this.#pop();
  }

  #peekStored(time: number): WakeEntry | undefined {
    const entry = this.#page[this.#at];
    if (entry !== undefined || (!this.#more && time <= this.#fetchedTo)) return entry;
    if (!this.#more) this.#fetchedTo = time + WINDOW;
    const to = `${this.#prefix}${timeKey(this.#fetchedTo)}`;
    this.#page = [];
    this.#at = 0;
    this.#more = false;
    for (const [key] of this.#stored.range(this.#from, to)) {
      const [at = '', lead = ''] = split(key.slice(this.#prefix.length));
      this.#page.push({ at: Number(at), lead });
      if (this.#page.length < PAGE) continue;
      this.#from = `${key}\u0000`;
      this.#more = true;
      return this.#page[0];
    }
    this.#from = to;
    return this.#page[0];
  }

  #pop(): WakeEntry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let smaller = left;
      if (right !== undefined && compare(right, left) < 0) {
        smaller = right;
        child++;
      }
      if (compare(last, smaller) <= 0) break;
      heap[i] = smaller;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function compare(a: WakeEntry, b: WakeEntry): number {
  return a.at - b.at || (a.lead < b.lead ? -1 : a.lead > b.lead ? 1 : 0);
}

function split(key: string): string[] {
  const dot = key.indexOf('.');
  return [key.slice(0, dot), key.slice(dot + 1)];
}
