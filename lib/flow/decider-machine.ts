import type { Concern, Decided, Decider, Decision, Settled } from '#lib/flow/decider';
import { type LogRecord, type Outgoing, Undecodable } from '#lib/flow/log';
import type { TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';

/** Key of the last seq folded into a decider's table. */
const SEQ = 'seq:';

/**
 * Runs a decider on an overlay of its table: decides and evolves at once, so that each decision sees all before it. Pure
 * apart from the `now` it is given.
 */
export class DeciderMachine {
  readonly table: Overlay;
  readonly outputs: Outgoing[] = [];
  readonly #decider: Decider<unknown, unknown>;
  readonly #partitions: (topic: string) => number;
  #seq: number;

  constructor(decider: Decider<unknown, unknown>, partitions: (topic: string) => number, stored: TableReader) {
    this.#decider = decider;
    this.#partitions = partitions;
    this.table = new Overlay(stored);
    this.#seq = lastSeq(stored);
  }

  /** Takes one decision on an input. */
  decide(input: LogRecord, now: number): Settled {
    const { records, done, waitsFor } = this.#decision(input, now);
    this.#write(records);
    if (done) return 'settled';
    return waitsFor === undefined ? 'more' : { waitsFor };
  }

  /** Settles an input if one decision is enough for that; else nothing happens. */
  settle(input: LogRecord, now: number): boolean {
    const { records, done } = this.#decision(input, now);
    if (done) this.#write(records);
    return done;
  }

  /** Whom a decision on an input concerns, as things stand. */
  concern(input: LogRecord, now: number): Concern {
    return this.#decider.concern?.(this.table, input, now) ?? EVERYTHING;
  }

  tick(now: number): void {
    this.#write(this.#decider.tick(this.table, now));
  }

  /** Says what the decider says when nothing more comes. */
  idle(): void {
    this.#write(this.#decider.idle?.(this.table) ?? NOTHING);
  }

  /** Folds an output of the past into the table; copies and what is folded already are passed over. */
  evolve(record: unknown): void {
    const seq = this.#decider.seqOf(record);
    if (seq === undefined || seq <= this.#seq) return;
    if (seq !== this.#seq + 1) {
      throw new Error(`${this.#decider.name}: output ${seq} follows ${this.#seq}: an output is missing`);
    }
    this.table.apply(this.#decider.evolve(this.table, record));
    this.#seq = seq;
  }

  /** Ends the batch. */
  changes(): ReturnType<Overlay['changes']> {
    this.table.put(SEQ, this.#seq);
    return this.table.changes();
  }

  #decision(input: LogRecord, now: number): Decision<unknown> {
    const { value } = input;
    if (!(value instanceof Undecodable)) return this.#decider.decide(this.table, input, now);
    return { records: this.#decider.undecodable(input, value, now), done: true };
  }

  #write(records: readonly Decided<unknown>[]): void {
    for (const { topic, partition, key, value } of records) {
      if (partition === 'all') {
        for (let p = 0; p < this.#partitions(topic); p++) this.outputs.push({ topic, partition: p, key, value });
      } else {
        this.outputs.push({ topic, partition, key, value });
      }
      this.evolve(value);
    }
  }
}

const NOTHING: readonly Decided<unknown>[] = [];
const EVERYTHING: Concern = { keys: undefined, inTurn: true };

/** The last seq folded into a decider's table; 0 before the first. */
export function lastSeq(table: TableReader): number {
  return (table.get(SEQ) as number | undefined) ?? 0;
}
