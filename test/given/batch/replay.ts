import { isDeepStrictEqual } from 'node:util';
import type { Activity, AddressesChanged, JoinOpened, Merged, MovedOut } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { keyOf } from '#test/given/batch/named';
import { DAY } from '#test/given/event';

/** What a reader of lead.activity knows at its end. */
export interface Replayed {
  /** Event key → its lead or visitor. */
  readonly owners: ReadonlyMap<string, string>;
  /** Lead → its mail addresses as it was last told, of those that were ever told any. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** What the log says that it must not say, in plain words; empty for a good log. */
  readonly faults: readonly string[];
}

/**
 * Reads lead.activity (in order of seq, records for all once) as any reader would, and notes whatever does not add up. `leads`: those
 * that there are in the end, if that is known.
 */
export function replay(log: readonly ActivityMessage[], leads?: ReadonlySet<string>): Replayed {
  const reading = new Reading();
  for (const [i, { value }] of log.entries())
    if (value.seq !== i + 1) reading.faults.push(`${i + 1} has seq ${value.seq}`);
  for (const message of log) reading.read(message);
  reading.settle();
  if (leads !== undefined) reading.compare(leads);
  return { owners: reading.owners(), addresses: reading.addresses, faults: reading.faults };
}

class Reading {
  readonly faults: string[] = [];
  readonly addresses = new Map<string, readonly string[]>();
  readonly #activities = new Map<string, Activity>();
  readonly #visitors = new Set<string>();
  readonly #leads = new Set<string>();
  readonly #merged = new Set<string>();
  /** Leads that ended and came back, and were told no addresses since. */
  readonly #hasReturned = new Set<string>();
  /** Told by an event that is still to come itself; `isFirst`: for the first time since the lead is there. */
  #told: (AddressesChanged & { readonly isFirst: boolean })[] = [];
  /** On its way from one owner to another. */
  #leaving: MovedOut | undefined;
  /** Events of which records were read and their own is still to come, and those of which it came. */
  readonly #open = new Set<number>();
  readonly #over = new Set<number>();

  owners(): ReadonlyMap<string, string> {
    return new Map([...this.#activities].map(([key, { lead_id }]) => [key, lead_id]));
  }

  read({ type, value }: ActivityMessage): void {
    if (type === 'Tick' || type === 'ModelApplied' || type === 'Cost' || type === 'Watermark') return;
    if (type === 'JoinOpened') this.#comeBack(value);
    if (type === 'JoinOpened' || type === 'JoinAnswered' || type === 'JoinClosed') return;
    const { input_offset } = value;
    if (this.#over.has(input_offset)) this.faults.push(`${value.seq} comes after the event that caused it`);
    this.#open.add(input_offset);
    if (this.#leaving !== undefined && type !== 'Activity') this.faults.push(`${keyOf(this.#leaving)} is lost`);
    if (type === 'MovedOut') this.#leave(value);
    else if (type === 'Merged') this.#merge(value);
    else if (type === 'AddressesChanged') this.#readdress(value);
    else this.#arrive(value);
  }

  /** What must hold when all that events brought is read. */
  settle(): void {
    if (this.#leaving !== undefined) this.faults.push(`${keyOf(this.#leaving)} is lost`);
    if (this.#open.size > 0) this.faults.push(`the events at ${[...this.#open]} never came themselves`);
    const owning = new Set(this.owners().values());
    for (const visitor of this.#visitors) {
      if (!owning.has(visitor) && !this.#merged.has(visitor)) this.faults.push(`${visitor} has no activities left`);
    }
  }

  /** A lead ends exactly when no userId and no email is its any more. */
  compare(leads: ReadonlySet<string>): void {
    for (const lead of this.#leads) {
      if (this.#merged.has(lead) === leads.has(lead))
        this.faults.push(
          `${lead} is ${leads.has(lead) ? 'there, and was told that it ends' : 'gone, and was not told'}`,
        );
    }
  }

  #leave(value: MovedOut): void {
    const key = keyOf(value);
    if (this.#activities.get(key)?.lead_id !== value.lead_id)
      this.faults.push(`${key} leaves whom it does not belong to`);
    if (value.to_lead_id === value.lead_id) this.faults.push(`${key} moves to where it is`);
    this.#leaving = value;
  }

  #arrive(value: Activity): void {
    const key = keyOf(value);
    const before = this.#activities.get(key);
    const leaving = this.#leaving;
    this.#leaving = undefined;
    if (leaving !== undefined) {
      const isIt = value.cause === 'move' && keyOf(leaving) === key && leaving.to_lead_id === value.lead_id;
      if (!isIt || before === undefined || !isSame(before, value))
        this.faults.push(`${keyOf(leaving)} is not what moves in`);
    } else {
      if (before !== undefined) this.faults.push(`${key} comes twice`);
      if (value.cause !== causeOf(value)) this.faults.push(`${key} comes as ${value.cause}`);
      this.#open.delete(value.input_offset);
      this.#over.add(value.input_offset);
    }
    if (value.known === isVisitors(value)) this.faults.push(`${key} says known: ${value.known}`);
    this.#activities.set(key, value);
    this.#checkTold(value);
    (value.known ? this.#leads : this.#visitors).add(value.lead_id);
    this.#return(value.lead_id);
    if (this.#open.size === 0) this.settle();
  }

  /** Who is to be told what was decided about another is there, whether anything was done or not. */
  #comeBack({ lead_id, from_lead_id }: JoinOpened): void {
    this.#leads.add(lead_id);
    if (lead_id !== from_lead_id) this.#return(lead_id);
  }

  #return(lead: string): void {
    if (this.#merged.delete(lead)) this.#hasReturned.add(lead);
  }

  #readdress(value: AddressesChanged): void {
    const { lead_id, addresses } = value;
    const before = this.addresses.get(lead_id) ?? [];
    const hasEnded = this.#merged.has(lead_id) || this.#hasReturned.has(lead_id);
    if (!hasEnded && isDeepStrictEqual(before, addresses))
      this.faults.push(`${lead_id} is told the same addresses again`);
    if (!isDeepStrictEqual(addresses, [...addresses].sort()))
      this.faults.push(`${lead_id} is told addresses in disorder`);
    this.#hasReturned.delete(lead_id);
    this.#told.push({ ...value, isFirst: hasEnded || !this.addresses.has(lead_id) });
    this.addresses.set(lead_id, addresses);
  }

  /** Addresses are told right before the event that changes them, after all moves, first to who has done something. */
  #checkTold({ input_offset, cause }: Activity): void {
    if (this.#told.length === 0) return;
    const owning = new Set(this.owners().values());
    for (const told of this.#told) {
      if (told.input_offset !== input_offset || cause === 'move')
        this.faults.push(`${told.lead_id} is told addresses before something else`);
      if (told.isFirst && !owning.has(told.lead_id))
        this.faults.push(`${told.lead_id} is told addresses with nothing done`);
    }
    this.#told = [];
  }

  #merge({ lead_id }: Merged): void {
    const owning = new Set(this.owners().values());
    if (owning.has(lead_id)) this.faults.push(`${lead_id} is merged with activities of its own`);
    if (this.#merged.has(lead_id)) this.faults.push(`${lead_id} is merged twice`);
    this.#merged.add(lead_id);
  }
}

/** Whether only its device tells whose it is. */
function isVisitors({ identifiers, lead_id }: Activity): boolean {
  return identifiers[0] === `anonymous.${lead_id}`;
}

function causeOf({ received_at, occurred_at }: Activity): Activity['cause'] {
  return received_at - occurred_at > DAY ? 'historic' : 'live';
}

/** Whether two records say the same but for owner, cause and place in the log. */
function isSame(before: Activity, after: Activity): boolean {
  const { seq: _s, logged_at: _l, input_offset: _i, lead_id: _o, known: _k, cause: _c, ...was } = before;
  const { seq, logged_at, input_offset, lead_id, known, cause, ...is } = after;
  return isDeepStrictEqual(was, is);
}
