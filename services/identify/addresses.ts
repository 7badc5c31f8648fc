import type { Change, TableReader } from '#lib/flow/store';
import type { Identity } from '#services/identify/identity';
import { hasActivities } from '#services/identify/owner';
import { addressesOf, leadOf } from '#services/identify/people';
import { runsOf } from '#services/identify/runs';
import { aliasOf } from '#services/identify/state';

/** The addresses that a lead was last told; owed: other ones are its since, and it is told them with its next activity. */
type Told = readonly string[] | typeof OWED;

const OWED = 'owed';
const NONE: readonly string[] = [];

const addressesKey = (lead: string) => `addresses:${lead}`;

function toldTo(state: TableReader, lead: string): Told {
  return (state.get(addressesKey(lead)) as Told | undefined) ?? NONE;
}

/** Whether a lead is still to be told its addresses: with its next activity. */
export function isOwed(state: TableReader, lead: string): boolean {
  return toldTo(state, lead) === OWED;
}

/** What the decision on an event has done so far. */
export interface DoneSoFar {
  /** Whose the event is. */
  readonly owner: string;
  /** To whom activities moved in this very decision, and who was merged in it. */
  readonly arrived: ReadonlySet<string>;
  readonly merged: ReadonlySet<string>;
  /** As in movableBy, ms. */
  readonly oldest: number;
}

/**
 * Leads whose mail addresses differ from those that they were last told, with the addresses, in order of the leads' ids. A lead
 * without activities is told nothing: it is told with its first.
 */
export function* addressesToTell(
  state: TableReader,
  identity: Identity,
  done: DoneSoFar,
): Iterable<readonly [lead: string, addresses: readonly string[]]> {
  const { after, readdressed } = identity;
  const concerned = new Set(readdressed);
  for (const lead of gaining(identity, done.owner)) if (isOwed(state, lead)) concerned.add(lead);
  for (const lead of [...concerned].sort()) {
    const told = toldTo(state, lead);
    const addresses = addressesOf(after, lead);
    if (!isSame(told, addresses) && isThere(state, after, lead, told, done)) yield [lead, addresses];
  }
}

/** Leads that may get an activity by an event: its own, or one that moves. */
function* gaining({ after, left, stretches }: Identity, owner: string): Iterable<string> {
  yield owner;
  for (const strong of left.keys()) yield leadOf(after, strong) ?? '';
  for (const { device, from, to } of stretches) {
    for (const [user] of runsOf(after, device, from, to)) yield leadOf(after, user) ?? '';
  }
}

function isThere(state: TableReader, after: TableReader, lead: string, told: Told, done: DoneSoFar): boolean {
  if (lead === done.owner) return true;
  if (done.merged.has(lead)) return false;
  if (done.arrived.has(lead)) return true;
  if (aliasOf(state, lead) !== undefined) return false;
  return (told !== OWED && told.length > 0) || hasActivities(after, lead, done.oldest);
}

/** A lead was told its addresses. */
export function toldChange(lead: string, addresses: readonly string[]): Change {
  return { key: addressesKey(lead), value: addresses };
}

/** A lead or visitor ended: if it comes back, it is told its addresses anew. */
export function endedChanges(state: TableReader, lead: string): readonly Change[] {
  const told = toldTo(state, lead);
  return told === OWED || told.length === 0 ? [] : [{ key: addressesKey(lead), value: OWED }];
}

/** What an event leaves owed: leads without activities that gained or lost an address. */
export function owedChanges(state: TableReader, { after, readdressed }: Identity): readonly Change[] {
  return [...readdressed]
    .filter((lead) => !isSame(toldTo(state, lead), addressesOf(after, lead)))
    .map((lead) => ({ key: addressesKey(lead), value: OWED }));
}

function isSame(told: Told, addresses: readonly string[]): boolean {
  return told !== OWED && told.length === addresses.length && told.every((one, i) => one === addresses[i]);
}
