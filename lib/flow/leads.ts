import { Generations, type Weighed } from '#lib/flow/generations';
import type { Share } from '#lib/flow/room';
import type { Change, TableReader } from '#lib/flow/store';
import { ENTRY_BYTES, weightOf } from '#lib/flow/weight';

/** What the table holds of a lead: its state, when to wake it, and where the index of wake-ups has it (never later). */
interface Stored {
  readonly state: unknown;
  readonly wakeAt?: number | undefined;
  readonly indexedAt?: number | undefined;
}

/** A lead at hand: as the table will have it at the end of the batch. */
export class Lead implements Weighed {
  weight = ENTRY_BYTES;
  changed = false;
  /** Batches that have changed it since it was taken from the table. */
  changes = 0;

  /** `state`: undefined where the table has nothing of it, and then it has no times either. */
  constructor(
    readonly key: string,
    readonly place: string,
    public state: unknown,
    public wakeAt: number | undefined,
    public indexedAt: number | undefined,
  ) {}
}

/** The leads of one fold. They are taken from the table when first met and given back at the end of each batch. */
export class Leads {
  readonly #table: TableReader;
  readonly #level: number;
  readonly #atHand: Generations<Lead>;
  #changed: Lead[] = [];

  constructor(table: TableReader, level: number, share: Share) {
    this.#table = table;
    this.#level = level;
    this.#atHand = new Generations(share);
  }

  of(key: string): Lead {
    const known = this.#atHand.get(key);
    if (known !== undefined) return known;
    const place = leadKey(this.#level, key);
    const stored = this.#table.get(place) as Stored | undefined;
    const lead = new Lead(key, place, stored?.state, stored?.wakeAt, stored?.indexedAt);
    lead.weight += weightOf(stored?.state);
    this.#atHand.add(key, lead);
    return lead;
  }

  /** An undefined state forgets the lead. */
  change(lead: Lead, state: unknown, wakeAt: number | undefined, indexedAt: number | undefined): void {
    lead.state = state;
    lead.wakeAt = wakeAt;
    lead.indexedAt = indexedAt;
    if (lead.changed) return;
    lead.changed = true;
    this.#changed.push(lead);
  }

  /** Ends the batch: what the table must take. */
  giveBack(): Change[] {
    const changes = this.#changed.map((lead): Change => {
      const { state, wakeAt, indexedAt } = lead;
      lead.changed = false;
      // What grows little by little has at most doubled when it is weighed again.
      if (isPowerOfTwo(++lead.changes)) this.#atHand.reweigh(lead, ENTRY_BYTES + weightOf(state));
      if (state === undefined) return { key: lead.place, value: undefined };
      const stored: Stored = indexedAt === undefined && wakeAt === undefined ? { state } : { state, wakeAt, indexedAt };
      return { key: lead.place, value: stored };
    });
    this.#changed = [];
    this.#atHand.age();
    return changes;
  }
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

/** Where a task's table keeps a lead of the fold at `level` of its chain. */
export function leadKey(level: number, lead: string): string {
  return `s${level}:${lead}`;
}

/** What a table says of a lead in the fold at `level` of its chain; undefined: nothing. */
export function leadState(table: TableReader, level: number, lead: string): unknown {
  return (table.get(leadKey(level, lead)) as Stored | undefined)?.state;
}
