import type { TableReader } from '#lib/flow/store';
import { compareKeys, timeKey } from '#lib/flow/table';

/** A lead's entry in the index of wake-ups. */
export interface WakeEntry {
  readonly at: number;
  readonly lead: string;
}

/**
 * Entries are fetched so many at a time, from a window of time, ms: where it holds few of them, the next one is twice as wide.
 * What is added within a window waits in memory.
 */
const PAGE = 512;
const FEW = 64;
const NARROWEST = 6 * 3_600_000;
const WIDEST = 8 * NARROWEST;

/**
 * Wake-ups of one fold in (time, lead) order, over an index kept in its table under `prefix` + time + '.' + lead. Entries
 * are fetched page by page; those that are added where the pages have passed already wait in a heap. An entry may be
 * stale: whoever takes it checks it against the lead.
 */
export class Wakes {
  readonly #table: TableReader;
  readonly #prefix: string;
  readonly #heap: WakeEntry[] = [];
  #page: WakeEntry[] = [];
  #at = 0;
  /** Entries with keys before #from are fetched; up to #fetchedTo there are others only if there are `#more`. */
  #from: string;
  #fetchedTo = Number.NEGATIVE_INFINITY;
  #more = false;
  #window = NARROWEST;

  constructor(table: TableReader, prefix: string) {
    this.#table = table;
    this.#prefix = prefix;
    this.#from = prefix;
  }

  keyOf(entry: WakeEntry): string {
    return `${this.#prefix}${timeKey(entry.at)}.${entry.lead}`;
  }

  /** Notes an entry that has just been put into the table. */
  add(entry: WakeEntry): void {
    if (entry.at < this.#fetchedTo && compareKeys(this.keyOf(entry), this.#from) < 0) this.#push(entry);
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
    if (!this.#more) this.#fetchedTo = time + this.#window;
    const to = `${this.#prefix}${timeKey(this.#fetchedTo)}`;
    this.#page = [];
    this.#at = 0;
    this.#more = false;
    for (const [key] of this.#table.range(this.#from, to)) {
      const [at = '', lead = ''] = split(key.slice(this.#prefix.length));
      this.#page.push({ at: Number(at), lead });
      if (this.#page.length < PAGE) continue;
      this.#from = `${key}\u0000`;
      this.#more = true;
      this.#window = NARROWEST;
      return this.#page[0];
    }
    this.#from = to;
    if (this.#page.length + this.#heap.length < FEW) this.#window = Math.min(WIDEST, 2 * this.#window);
    else this.#window = NARROWEST;
    // What was left of an earlier window may be nothing, and time has gone on meanwhile.
    return this.#page.length === 0 && time > this.#fetchedTo ? this.#peekStored(time) : this.#page[0];
  }

  #push(entry: WakeEntry): void {
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
  return a.at - b.at || compareKeys(a.lead, b.lead);
}

function split(key: string): string[] {
  const dot = key.indexOf('.');
  return [key.slice(0, dot), key.slice(dot + 1)];
}
