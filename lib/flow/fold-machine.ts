import { FoldLevel, type Work } from '#lib/flow/fold-level';
import type { Position } from '#lib/flow/position';
import { Room } from '#lib/flow/room';
import type { Change, TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import type { FoldTopology } from '#lib/flow/topology';

/** An output of the fold at `level` of the chain. */
export interface Emitted {
  readonly level: number;
  /** Where it goes; undefined: it is a row. */
  readonly topic: string | undefined;
  readonly key: string | null;
  readonly value: unknown;
}

const AGENDA = 'agenda:';

/** Memory of a machine that shares none, bytes. */
const ROOM = 16 * 1024 * 1024;

/**
 * Runs a chain of folds over one input partition, step by step, on an overlay of a table. Pure: the same records on the
 * same table give the same outputs and changes, however they are cut into batches. A record at work when a batch ends is
 * kept in the table, with all that it still asks for: this machine or another one on the same table goes on with it.
 */
export class FoldMachine {
  readonly #table: Overlay;
  readonly #chain: readonly FoldTopology[];
  readonly #levels: readonly FoldLevel[];
  /** A stack: the top is at work. */
  readonly #agenda: Work[];
  #wasBusy: boolean;
  /** Of the position; one object per step would be garbage at once. */
  #offset: number;
  #cursor: number;

  /** `room`: for what is at hand between two batches. */
  constructor(chain: readonly FoldTopology[], stored: TableReader, position: Position, room = new Room(ROOM)) {
    this.#chain = chain;
    this.#table = new Overlay(stored);
    this.#levels = chain.map(({ fold }, level) => new FoldLevel(fold, level, this.#table, room));
    const agenda = this.#table.get(AGENDA) as readonly Work[] | undefined;
    this.#agenda = agenda === undefined ? [] : [...agenda];
    this.#wasBusy = agenda !== undefined;
    this.#offset = position.offset;
    this.#cursor = position.cursor;
  }

  get position(): Position {
    return { offset: this.#offset, cursor: this.#cursor };
  }

  /** True while the record at `position.offset` is under way. */
  get busy(): boolean {
    return this.#agenda.length > 0;
  }

  /** Begins a record; call only when not busy. */
  begin(offset: number, record: unknown): void {
    this.#offset = offset;
    this.#cursor = 0;
    this.#agenda.push({ level: 0, record });
  }

  /** Takes one step of the record under way and returns what it wrote. */
  step(): readonly Emitted[] {
    const work = this.#agenda.at(-1);
    const level = work === undefined ? undefined : this.#levels[work.level];
    if (work === undefined || level === undefined) throw new Error('no record is under way');
    const { emit, done } = level.step(work.record);
    if (done) this.#agenda.pop();
    const below = work.level + 1;
    if (below < this.#levels.length) {
      for (let i = emit.length - 1; i >= 0; i--) this.#agenda.push({ level: below, record: emit[i] });
    }
    if (this.busy) this.#cursor++;
    else {
      this.#offset++;
      this.#cursor = 0;
    }
    return emit.length === 0 ? NONE : emit.map((value) => this.#emitted(work.level, value));
  }

  /** Rows that hold the absolute values of all counters changed in this batch. */
  counterRows(partition: number): unknown[] {
    return this.#chain.flatMap(({ counterRow }, level) => {
      const counters = this.#levels[level]?.counters.changed() ?? [];
      if (counters.length > 0 && counterRow === undefined)
        throw new Error('a fold counts, but its topology has no counterRow');
      return counterRow === undefined
        ? []
        : counters.map(({ bucket, values }) => counterRow(partition, bucket, values));
    });
  }

  /** Ends the batch: everything that the table must take, including the record under way. */
  changes(): Change[] {
    const ofLeads = this.#levels.flatMap((level) => level.giveBack());
    if (this.busy) this.#table.put(AGENDA, [...this.#agenda]);
    else if (this.#wasBusy) this.#table.put(AGENDA, undefined);
    this.#wasBusy = this.busy;
    return ofLeads.concat(this.#table.changes());
  }

  /** The table has taken the changes: the next batch may begin. If it has not, this machine is of no more use. */
  committed(): void {
    this.#table.clear();
  }

  /** Leaves the room to others: this machine is of no more use. */
  close(): void {
    for (const level of this.#levels) level.close();
  }

  #emitted(level: number, value: unknown): Emitted {
    const { fold, output, sideOutput } = this.#topology(level);
    const topic = sideOutput?.takes(value) ? sideOutput.topic : output;
    return { level, topic, key: fold.keyOf(value), value };
  }

  #topology(level: number): FoldTopology {
    const topology = this.#chain[level];
    if (topology === undefined) throw new Error(`there is no fold ${level} in the chain`);
    return topology;
  }
}

const NONE: readonly Emitted[] = [];
