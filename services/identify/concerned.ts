import type { TableReader } from '#lib/flow/store';
import type { Attribution } from '#services/identify/attribute';
import { deviceAlone, devicesIn, idOf, strongIn } from '#services/identify/identifier';
import { devicesOf, identityAfter } from '#services/identify/identity';
import { ownerOf } from '#services/identify/owner';
import { leadOf } from '#services/identify/people';
import { runsOf } from '#services/identify/runs';

/**
 * Everybody and everything that the attribution of an event reads or changes, as keys: the event itself, the leads that its
 * identifiers belong to before and after it, its devices and who loses or gains a stretch of their time, and the devices of who
 * changes the lead.
 */
export function concerned(state: TableReader, { event, key, identifiers, hash }: Attribution): ReadonlySet<string> {
  const { name, occurred_at } = event;
  const { after, left, readdressed, stretches } = identityAfter(
    state,
    { name, occurred_at, identifiers, event: key },
    hash,
  );
  const keys = new Set([eventConcern(key)]);
  const addPerson = (strong: string) => {
    keys.add(strong);
    for (const table of [state, after]) keys.add(leadKey(leadOf(table, strong) ?? idOf(strong)));
  };
  for (const strong of [...strongIn(identifiers), ...left.keys()]) addPerson(strong);
  for (const device of devicesIn(identifiers)) keys.add(device).add(leadKey(idOf(device)));
  for (const lead of readdressed) keys.add(leadKey(lead));
  for (const strong of left.keys()) for (const device of devicesOf(after, strong)) keys.add(device);
  for (const { device, from, to } of stretches) {
    for (const table of [state, after]) for (const [user] of runsOf(table, device, from, to)) addPerson(user);
  }
  if (deviceAlone(identifiers) !== undefined) keys.add(leadKey(ownerOf(state, identifiers, occurred_at)));
  return keys;
}

function leadKey(id: string): string {
  return `lead:${id}`;
}

/** What a decision on an event (as in eventKey) concerns in any case. */
export function eventConcern(event: string): string {
  return `event:${event}`;
}
