import { Counters } from '#lib/flow/counters';
import type { Step, StepContext } from '#lib/flow/fold';
import { type Lead, Leads } from '#lib/flow/leads';
import type { Room, Share } from '#lib/flow/room';
import type { Change, TableReader } from '#lib/flow/store';
import { type Overlay, Scoped } from '#lib/flow/table';
import type { AnyFold } from '#lib/flow/topology';
import { Wakes } from '#lib/flow/wakes';

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

/** One fold of a chain at work, one step at a time. */
export class FoldLevel {
  readonly #fold: AnyFold;
  readonly #level: number;
  readonly #table: Overlay;
  readonly #wakes: Wakes;
  readonly counters: Counters;
  readonly #leads: Leads;
  readonly #shares: readonly Share[];
  #shared: unknown;
  #stamp: Stamp;
  #stampInTable: Stamp;

  constructor(fold: AnyFold, level: number, table: Overlay, room: Room) {
    const [forLeads, forCounters] = [room.share(), room.share()];
    this.#shares = [forLeads, forCounters];
    this.#fold = fold;
    this.#level = level;
    this.#table = table;
    this.#wakes = new Wakes(table, `w.${level}:`);
    this.#leads = new Leads(table, level, forLeads);
    this.counters = new Counters(table, `c${level}:`, forCounters);
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
      const lead = this.#leads.of(key);
      const step = this.#fold.step(lead.state, record, this.#context(key, seq, loggedAt));
      return { emit: this.#keep(lead, step, seq, true), done: true };
    }
    const { shared, pass } = this.#fold.broadcast(this.#shared, record);
    this.#setShared(shared);
    if (pass === undefined) return { emit: [], done: true };
    this.#count(seq, 1);
    return { emit: [pass], done: true };
  }

  /** Ends the batch: counters and stamps go back to the table, what it must take of leads is returned. */
  giveBack(): readonly Change[] {
    this.counters.giveBack();
    if (this.#stamp !== this.#stampInTable) this.#table.put(`stamp:${this.#level}`, this.#stamp);
    this.#stampInTable = this.#stamp;
    return this.#leads.giveBack();
  }

  /** Leaves the room to others: it is of no more use. */
  close(): void {
    for (const share of this.#shares) share.leave();
  }

  #wake(until: number, seq: number, loggedAt: number): readonly unknown[] | undefined {
    for (;;) {
      const entry = this.#wakes.take(until);
      if (entry === undefined) return undefined;
      const lead = this.#leads.of(entry.lead);
      if (lead.indexedAt !== entry.at) continue;
      if (lead.wakeAt === entry.at) {
        const step = this.#fold.wake(lead.state, entry.at, this.#context(entry.lead, seq, loggedAt));
        if (step.wakeAt !== undefined && step.wakeAt <= entry.at) {
          throw new Error(
            `fold ${this.#fold.name} asks to be woken at ${step.wakeAt}, when it was woken at ${entry.at}`,
          );
        }
        return this.#keep(lead, step, seq, false);
      }
      this.#change(lead, lead.state, lead.wakeAt, false);
    }
  }

  #keep(lead: Lead, step: Step<unknown, unknown>, seq: number, lazily: boolean): readonly unknown[] {
    if (step.items !== undefined) {
      for (const { key: item, value } of step.items) this.#table.put(itemPrefix(this.#level, lead.key) + item, value);
    }
    if (step.counters !== undefined) this.counters.add(step.counters);
    if (!lazily || lead.state !== step.state || lead.wakeAt !== step.wakeAt) {
      this.#change(lead, step.state, step.wakeAt, lazily);
    }
    this.#count(seq, step.emit.length);
    return step.emit;
  }

  /** `lazily`: an index entry that is too early may stay, it is put right when its time comes; not so one that has just been taken. */
  #change(lead: Lead, state: unknown, wakeAt: number | undefined, lazily: boolean): void {
    const { key, indexedAt: indexed } = lead;
    if (state === undefined) {
      if (indexed !== undefined) this.#unindex(indexed, key);
      this.#leads.change(lead, undefined, undefined, undefined);
      return;
    }
    if (lazily && indexed !== undefined && (wakeAt === undefined || wakeAt >= indexed)) {
      this.#leads.change(lead, state, wakeAt, indexed);
      return;
    }
    if (indexed !== undefined) this.#unindex(indexed, key);
    if (wakeAt !== undefined) {
      const entry = { at: wakeAt, lead: key };
      this.#table.put(this.#wakes.keyOf(entry), true);
      this.#wakes.add(entry);
    }
    this.#leads.change(lead, state, wakeAt, wakeAt);
  }

  #unindex(at: number, lead: string): void {
    this.#table.put(this.#wakes.keyOf({ at, lead }), undefined);
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

  #context(key: string, seq: number, loggedAt: number): StepContext<unknown> {
    const step = this.#stamp.seq === seq ? this.#stamp.next : 0;
    return new Context(key, seq, step, loggedAt, this.#shared, this.#table, this.#level);
  }
}

/** Most steps need no items. */
class Context implements StepContext<unknown> {
  constructor(
    readonly key: string,
    readonly seq: number,
    readonly step: number,
    readonly loggedAt: number,
    readonly shared: unknown,
    private readonly table: TableReader,
    private readonly level: number,
  ) {}

  get items(): TableReader {
    return leadItems(this.table, this.level, this.key);
  }
}

function itemPrefix(level: number, lead: string): string {
  return `i${level}.${lead}:`;
}

/** The items of a lead in the fold at `level` of its chain. */
export function leadItems(table: TableReader, level: number, lead: string): TableReader {
  return new Scoped(table, itemPrefix(level, lead));
}

/** What all leads of the partition share in the fold at `level` of its chain; undefined: still its initial value. */
export function sharedState(table: TableReader, level: number): unknown {
  return table.get(sharedKey(level));
}

function sharedKey(level: number): string {
  return `shared:${level}`;
}
