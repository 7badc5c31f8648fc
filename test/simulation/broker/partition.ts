import type { LogRecord, Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';

/** A transaction's part in one partition. */
export interface Part {
  status: 'open' | 'committed' | 'aborted';
}

interface Entry {
  readonly offset: number;
  /** undefined: a marker. */
  readonly record: LogRecord | undefined;
  /** undefined: written outside of a transaction. */
  readonly part: Part | undefined;
}

/**
 * A partition as Kafka keeps it. Readers see committed records before the first one whose transaction is open (the last
 * stable offset); aborted ones and the markers at the end of transactions take up offsets that nobody sees.
 */
export class SimulatedPartition {
  /** What readers see, in order of offsets. */
  readonly visible: LogRecord[] = [];
  readonly #at: TopicPartition;
  readonly #uncommitted: boolean;
  readonly #entries: Entry[] = [];
  #stable = 0;
  #waiting: (() => void)[] = [];

  /** `uncommitted`: everything is seen at once, a bug. */
  constructor(at: TopicPartition, uncommitted: boolean) {
    this.#at = at;
    this.#uncommitted = uncommitted;
  }

  append(records: readonly Outgoing[], part?: Part): void {
    for (const { key, value } of records) {
      const offset = this.#entries.length;
      this.#entries.push({ offset, record: { ...this.#at, offset, key, value }, part });
    }
    this.#settle();
  }

  /** Writes the marker that ends a transaction here. */
  mark(part: Part, status: 'committed' | 'aborted'): void {
    part.status = status;
    this.#entries.push({ offset: this.#entries.length, record: undefined, part: undefined });
    this.#settle();
  }

  /** The offset after all that is written: records of any kind, markers. */
  get written(): number {
    return this.#entries.length;
  }

  /** The offset after the last committed record. */
  get end(): number {
    const last = this.visible.at(-1);
    return last === undefined ? 0 : last.offset + 1;
  }

  /** Records that can be seen from `offset` on, at most `limit`. */
  from(offset: number, limit: number): readonly LogRecord[] {
    let low = 0;
    let high = this.visible.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.visible[middle]?.offset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return this.visible.slice(low, low + limit);
  }

  /** Calls `then` once, when more can be seen. */
  wait(then: () => void): void {
    this.#waiting.push(then);
  }

  #settle(): void {
    const before = this.visible.length;
    for (; this.#stable < this.#entries.length; this.#stable++) {
      const entry = this.#entries[this.#stable];
      if (entry === undefined || (entry.part?.status === 'open' && !this.#uncommitted)) break;
      const seen = entry.part?.status !== 'aborted';
      if (entry.record !== undefined && seen) this.visible.push(entry.record);
    }
    if (this.visible.length === before) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }
}
