import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import { endOf, Overlay, timeIn } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';
import { allRuns, claimed, claimedGroup, claimGroup, cutKey, isCut, type Stretch } from '#services/identify/claims';
import { devicesIn, strongIn, UNMERGED } from '#services/identify/identifier';
import { nameTogether, tellApart } from '#services/identify/links';
import { People } from '#services/identify/people';
import {
  deviceRow,
  isClaimed,
  isForgotten,
  pagesAround,
  putDeviceRow,
  replaceRuns,
  runsIn,
} from '#services/identify/runs';
import { clockOf, placeOf } from '#services/identify/state';

/** What an event says of who is who. */
export interface Said extends Pick<Activity, 'name' | 'occurred_at' | 'identifiers'> {
  /** As in eventKey. */
  readonly event: string;
}

/** Who is who once an event is heard. */
export interface Identity {
  /** The state with what the event changes in it. */
  readonly after: TableReader;
  readonly changes: readonly Change[];
  /** UserIds and emails that belong to another lead now → their lead before. */
  readonly left: ReadonlyMap<string, string>;
  /** Leads that gained or lost a mail address. */
  readonly readdressed: ReadonlySet<string>;
  /** Times of devices that may belong to somebody else now. */
  readonly stretches: readonly Stretch[];
}

/** Whether an event may change whose anything is that was done before, or which addresses are whose. */
export function changesOthers({ left, readdressed, stretches }: Identity): boolean {
  return left.size > 0 || readdressed.size > 0 || stretches.length > 0;
}

/**
 * Who is who after the next event of the log: which userIds and emails are one lead, and who used its devices when. That is a
 * function of the set of events heard, whatever their order; only what leads are called follows from the order.
 */
export function identityAfter(state: TableReader, said: Said, hash: Hash): Identity {
  const table = new Overlay(state);
  const people = new People(table, clockOf(state).seq + 1);
  const strong = strongIn(said.identifiers);
  const stretches: Stretch[] = [];
  people.named(strong);
  if (said.name === UNMERGED) tellApart(people, strong, said.occurred_at, hash);
  else nameTogether(people, strong, said.occurred_at, hash);
  if (strong.length > 0) {
    if (said.name === UNMERGED) part(table, said, strong, stretches);
    else for (const device of devicesIn(said.identifiers)) claim(table, said, device, strong[0] ?? '', stretches);
  }
  const { left, readdressed } = people;
  return { after: table, changes: table.changes(), left, readdressed, stretches };
}

function claim(table: Overlay, said: Said, device: string, strong: string, stretches: Stretch[]): void {
  const place = placeOf(said.occurred_at, said.event);
  const before = deviceRow(table, device);
  if (isForgotten(before, place)) return;
  const key = claimGroup(device) + place;
  const row = { ...before, claims: before.claims + (table.get(key) === undefined ? 1 : 0) };
  table.put(key, strong);
  if (table.get(claimedGroup(strong) + device) === undefined) table.put(claimedGroup(strong) + device, 1);
  if (isCut(table, device, strong, timeIn(place))) {
    putDeviceRow(table, device, row);
    return;
  }
  const pages = pagesAround(table, device, row, said.occurred_at);
  const { runs, from, to } = claimed(table, device, runsIn(table, device, row, pages), strong, place);
  replaceRuns(table, device, row, pages, runs);
  if (from !== undefined) stretches.push({ device, from, to });
}

/** The device that the event comes from is not theirs whom it names. */
function part(table: Overlay, said: Said, strong: readonly string[], stretches: Stretch[]): void {
  const device = devicesIn(said.identifiers).at(-1);
  if (device === undefined) return;
  for (const one of strong) {
    const before = (table.get(cutKey(device, one)) as number | undefined) ?? 0;
    if (said.occurred_at > before) table.put(cutKey(device, one), said.occurred_at);
  }
  if (!isClaimed(table, device)) return;
  const row = deviceRow(table, device);
  replaceRuns(table, device, row, { from: 0, to: row.pages }, allRuns(table, device));
  stretches.push({ device, from: 0, to: undefined });
}

/** The devices that an identifier ever claimed. */
export function* devicesOf(state: TableReader, strong: string): Iterable<string> {
  const group = claimedGroup(strong);
  for (const [key] of state.range(group, endOf(group))) yield key.slice(group.length);
}
