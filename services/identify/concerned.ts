import type { TableReader } from '#lib/flow/store';
import type { Attribution } from '#services/identify/attribute';
import { deviceAlone, devicesIn, idOf, strongIn } from '#services/identify/identifier';
import { devicesOf, identityAfter } from '#services/identify/identity';
import { ownerOf } from '#services/identify/owner';
import { leadOf } from '#services/identify/people';

/**
 * Everybody and everything that the attribution of an event reads or changes, as keys: the event itself, the leads that its
 * identifiers belong to before and after it, its devices, and those of who changes the lead.
 */
export function concerned(state: TableReader, { event, key, identifiers, engine }: Attribution): ReadonlySet<string> {
  const { name, occurred_at } = event;
  const { after, left } = identityAfter(state, { name, occurred_at, identifiers, event: key }, engine);
  const keys = new Set([`event:${key}`]);
  for (const strong of [...strongIn(identifiers), ...left.keys()]) {
    keys.add(strong);
    for (const table of [state, after]) keys.add(`lead:${leadOf(table, strong) ?? idOf(strong)}`);
  }
  for (const device of devicesIn(identifiers)) keys.add(device);
  for (const strong of left.keys()) for (const device of devicesOf(after, strong)) keys.add(device);
  if (deviceAlone(identifiers) !== undefined) keys.add(`lead:${ownerOf(state, identifiers, occurred_at)}`);
  return keys;
}
