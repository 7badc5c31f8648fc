import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { ownerAt } from '#services/identify/claims';
import { identifier, idOf } from '#services/identify/identifier';
import { aliasOf, deviceOf, leadOf } from '#services/identify/state';

/**
 * The lead that a person means by a lead id (also an old one), an email, a userId or an anonymousId; undefined: none.
 * `identify` is the table of identify, `met` tells whether a lead or visitor of that id has activities.
 */
export function findLead(
  reference: string,
  identify: TableReader,
  met: (leadId: string) => boolean,
  hash: Hash,
): string | undefined {
  const text = reference.trim();
  const device = identifier('anonymous', text, hash);
  const candidates = [
    leadOf(identify, identifier('user', text, hash)),
    leadOf(identify, identifier('email', text.toLowerCase(), hash)),
    text,
    ownerAt(deviceOf(identify, device).claims, Number.POSITIVE_INFINITY) ?? idOf(device),
  ];
  return candidates.flatMap((id) => (id === undefined ? [] : [present(id, identify)])).find(met);
}

function present(id: string, identify: TableReader): string {
  let now = id;
  for (let next = aliasOf(identify, now); next !== undefined; next = aliasOf(identify, now)) now = next;
  return now;
}
