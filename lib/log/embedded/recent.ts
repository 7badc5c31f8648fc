import type { LogRecord } from '#lib/flow/log';
import { Queue } from '#lib/log/embedded/queue';

/** Records of one commit that follow one another. */
export interface Lot {
  /** Offset of the first. */
  readonly first: number;
  readonly count: number;
  /** What they take when encoded. */
  readonly bytes: number;
  /** Called once at most, when somebody reads them. */
  read(): readonly LogRecord[];
}

class Batch {
  readonly first: number;
  readonly end: number;
  readonly bytes: number;
  #lot: Lot | undefined;
  #records: readonly LogRecord[] = [];

  constructor(lot: Lot) {
    this.first = lot.first;
    this.end = lot.first + lot.count;
    this.bytes = lot.bytes;
    this.#lot = lot;
  }

  get records(): readonly LogRecord[] {
    if (this.#lot !== undefined) this.#records = this.#lot.read();
    this.#lot = undefined;
    return this.#records;
  }
}

/** Where a reader is. */
export interface Follower {
  movedTo(offset: number): void;
  leave(): void;
}

/**
 * What the partitions of a log hold together: at most `capacity` bytes, measured as encoded; the values take several times
 * that. The partition that holds most gives way.
 */
export class RecentSpace {
  readonly #holders = new Set<RecentRecords>();

  constructor(private readonly capacity: number) {}

  share(holder: RecentRecords): void {
    this.#holders.add(holder);
  }

  keep(): void {
    for (;;) {
      let held = 0;
      let largest: RecentRecords | undefined;
      for (const holder of this.#holders) {
        held += holder.bytes;
        if (holder.bytes > (largest?.bytes ?? 0)) largest = holder;
      }
      if (held <= this.capacity || largest === undefined) return;
      largest.dropOldest();
    }
  }
}

/**
 * The newest records of a partition, as values: readers close to the end need not decode. A record is held until every
 * follower has passed it, or as long as there is space.
 */
export class RecentRecords {
  readonly #space: RecentSpace;
  readonly #batches = new Queue<Batch>();
  readonly #followers = new Set<{ offset: number }>();
  #bytes = 0;

  constructor(space: RecentSpace) {
    this.#space = space;
    space.share(this);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Records that do not follow the last ones replace all. */
  append(lot: Lot): void {
    if (lot.count === 0 || this.#followers.size === 0) return;
    const last = this.#batches.at(this.#batches.length - 1);
    if (last !== undefined && last.end !== lot.first) while (this.#batches.length > 0) this.dropOldest();
    this.#batches.push(new Batch(lot));
    this.#bytes += lot.bytes;
    this.#space.keep();
  }

  /** At most `limit` records from `offset` on; undefined if that record is not held. */
  from(offset: number, limit: number): readonly LogRecord[] | undefined {
    let index = this.#indexOf(offset);
    let batch = this.#batches.at(index);
    if (batch === undefined || offset < batch.first || offset >= batch.end) return undefined;
    const { length } = batch.records;
    if (offset === batch.first && (length === limit || (length < limit && index === this.#batches.length - 1)))
      return batch.records;
    let found = batch.records.slice(offset - batch.first, offset - batch.first + limit);
    for (batch = this.#batches.at(++index); batch !== undefined && found.length < limit; ) {
      found = found.concat(batch.records.slice(0, limit - found.length));
      batch = this.#batches.at(++index);
    }
    return found;
  }

  /** A reader that is at `offset`: what comes from there on is held for it. */
  follow(offset: number): Follower {
    const follower = { offset };
    this.#followers.add(follower);
    return {
      movedTo: (to) => {
        follower.offset = to;
        this.#dropPassed();
      },
      leave: () => {
        this.#followers.delete(follower);
        this.#dropPassed();
      },
    };
  }

  dropOldest(): void {
    this.#bytes -= this.#batches.shift()?.bytes ?? 0;
  }

  #dropPassed(): void {
    let passed = Number.POSITIVE_INFINITY;
    for (const { offset } of this.#followers) passed = Math.min(passed, offset);
    for (let batch = this.#batches.at(0); batch !== undefined && batch.end <= passed; batch = this.#batches.at(0)) {
      this.dropOldest();
    }
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#batches.at(middle)?.first ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
