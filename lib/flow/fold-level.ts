import { Counters } from '#lib/flow/counters';
import type { Fold, Step } from '#lib/flow/fold';
import { Generations } from '#lib/flow/generations';
import type { TableReader } from '#lib/flow/store';
import { type Overlay, Scoped } from '#lib/flow/table';
import type { AnyFold } from '#lib/flow/topology';
import { Wakes } from '#lib/flow/wakes';

/** What the table holds of a lead: its state, when to wake it, and where the index of wake-ups has it (never later). */
interface Lead {
  readonly state: unknown;
  readonly wakeAt?: number | undefined;
  readonly indexedAt?: number | undefined;
}

/** Sequence number of the last output and how many outputs had it: outputs of a partition are numbered by it. */
interface Stamp {
  readonly seq: number;
  readonly next: number;
}

/** A record on its way through a fold. */
export interface Work {
  readonly level: number;
  readonly record: unknown;
}

const NO_STAMP: Stamp = { seq: -1, next: 0 };

/** Leads that stay at hand between two batches: so many, and up to twice as many. */
const AT_HAND = 2048;

/**
 * One fold of a chain at work, one step at a time. Leads are taken from the table when first met and given back at the end
 * of each batch.
 */
export class FoldLevel {
  readonly #fold: AnyFold;
  readonly #level: number;
  readonly #table: Overlay;
  readonly #wakes: Wakes;
  readonly counters: Counters;
  /** null: not in the table. */
  readonly #leads = new Generations<Lead | null>(AT_HAND);
  readonly #changedLeads = new Set<string>();
  #shared: unknown;
  #stamp: Stamp;
  #stampInTable: Stamp;

  constructor(fold: AnyFold, level: number, table: Overlay) {
    this.#fold = fold;
    this.#level = level;
    this.#table = table;
    this.#wakes = new Wakes(table, `w.${level}:`);
    this.counters = new Counters(table, `c${level}:`);
    this.#shared = sharedState(table, level) ?? fold.initialShared;
    this.#stamp = (table.get(`stamp:${level}`) as Stamp | undefined) ?? NO_STAMP;
    this.#stampInTable = this.#stamp;
  }

  /**
   * Takes the next step that `record` asks for: one due wake-up, or the record itself.
   * Returns the outputs, and whether the record is done with.
   */
  step(record: unknown): { readonly emit: readonly unknown[]; readonly done: boolean } {
    const { key, seq, loggedAt, dueAt } = this.#fold.describe(record);
    const woken = this.#wake(dueAt ?? loggedAt, seq, loggedAt);
    if (woken !== undefined) return { emit: woken, done: false };
    if (key !== null) {
      const lead = this.#lead(key);
      const step = this.#fold.step(lead?.state, record, this.#context(key, seq, loggedAt));
      return { emit: this.#keep(key, lead, step, seq, true), done: true };
    }
    const { shared, pass } = this.#fold.broadcast(this.#shared, record);
    this.#setShared(shared);
    if (pass === undefined) return { emit: [], done: true };
    this.#count(seq, 1);
    return { emit: [pass], done: true };
  }

  /** Ends the batch: gives all that changed back to the table. */
  giveBack(): void {
    for (const lead of this.#changedLeads) this.#table.put(this.#leadKey(lead), this.#leads.get(lead) ?? undefined);
    this.#changedLeads.clear();
    this.#leads.age();
    this.counters.giveBack();
    if (this.#stamp !== this.#stampInTable) this.#table.put(`stamp:${this.#level}`, this.#stamp);
    this.#stampInTable = this.#stamp;
  }

  #wake(until: number, seq: number, loggedAt: number): readonly unknown[] | undefined {
    for (;;) {
      const entry = this.#wakes.take(until);
      if (entry === undefined) return undefined;
      const lead = this.#lead(entry.lead);
      if (lead === undefined || lead.indexedAt !== entry.at) continue;
      if (lead.wakeAt === entry.at) {
        const step = this.#fold.wake(lead.state, entry.at, this.#context(entry.lead, seq, loggedAt));
        if (step.wakeAt !== undefined && step.wakeAt <= entry.at) {
          throw new Error(
            `fold ${this.#fold.name} asks to be woken at ${step.wakeAt}, when it was woken at ${entry.at}`,
          );
        }
        return this.#keep(entry.lead, lead, step, seq, false);
      }
      this.#store(entry.lead, lead, lead.state, lead.wakeAt, false);
    }
  }

  #keep(
    key: string,
    before: Lead | undefined,
    step: Step<unknown, unknown>,
    seq: number,
    lazily: boolean,
  ): readonly unknown[] {
    if (step.items !== undefined) {
      for (const { key: item, value } of step.items) this.#table.put(this.#itemPrefix(key) + item, value);
    }
    if (step.counters !== undefined) this.counters.add(step.counters);
    if (!lazily || before?.state !== step.state || before?.wakeAt !== step.wakeAt) {
      this.#store(key, before, step.state, step.wakeAt, lazily);
    }
    this.#count(seq, step.emit.length);
    return step.emit;
  }

  /** `lazily`: an index entry that is too early may stay, it is put right when its time comes; not so one that has just been taken. */
  #store(key: string, before: Lead | undefined, state: unknown, wakeAt: number | undefined, lazily: boolean): void {
    const indexed = before?.indexedAt;
    const forgotten = state === undefined;
    let indexedAt = indexed;
    if (forgotten || !lazily || indexed === undefined || (wakeAt !== undefined && wakeAt < indexed)) {
      if (indexed !== undefined) this.#table.put(this.#wakes.keyOf({ at: indexed, lead: key }), undefined);
      indexedAt = forgotten ? undefined : wakeAt;
      if (indexedAt !== undefined) {
        const entry = { at: indexedAt, lead: key };
        this.#table.put(this.#wakes.keyOf(entry), true);
        this.#wakes.add(entry);
      }
    }
    this.#leads.set(key, forgotten ? null : { state, wakeAt, indexedAt });
    this.#changedLeads.add(key);
  }

  #count(seq: number, outputs: number): void {
    if (outputs === 0) return;
    this.#stamp = { seq, next: (this.#stamp.seq === seq ? this.#stamp.next : 0) + outputs };
  }

  #setShared(shared: unknown): void {
    if (shared === this.#shared) return;
    this.#shared = shared;
    this.#table.put(sharedKey(this.#level), shared);
  }

  #context(
    key: string,
    seq: number,
    loggedAt: number,
  ): Parameters<Fold<unknown, unknown, unknown, unknown>['wake']>[2] {
    return {
      key,
      seq,
      step: this.#stamp.seq === seq ? this.#stamp.next : 0,
      loggedAt,
      shared: this.#shared,
      items: new Scoped(this.#table, this.#itemPrefix(key)),
    };
  }

  #lead(key: string): Lead | undefined {
    const known = this.#leads.get(key);
    if (known !== undefined) return known ?? undefined;
    const lead = this.#table.get(this.#leadKey(key)) as Lead | undefined;
    this.#leads.set(key, lead ?? null);
    return lead;
  }

  #leadKey(key: string): string {
    return leadKey(this.#level, key);
  }

  #itemPrefix(key: string): string {
    return `i${this.#level}.${key}:`;
  }
}

/** Where a task's table keeps a lead of the fold at `level` of its chain. */
export function leadKey(level: number, lead: string): string {
  return `s${level}:${lead}`;
}

/** What a table says of a lead in the fold at `level` of its chain; undefined: nothing. */
export function leadState(table: TableReader, level: number, lead: string): unknown {
  return (table.get(leadKey(level, lead)) as Lead | undefined)?.state;
}

/** What all leads of the partition share in the fold at `level` of its chain; undefined: still its initial value. */
export function sharedState(table: TableReader, level: number): unknown {
  return table.get(sharedKey(level));
}

function sharedKey(level: number): string {
  return `shared:${level}`;
}
