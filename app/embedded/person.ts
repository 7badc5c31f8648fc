import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { addressIn } from '#lib/identity/address';
import { identifier } from '#services/identify/identifier';
import { leadOfId } from '#services/identify/ids';
import { ownerOf } from '#services/identify/owner';
import { leadOf } from '#services/identify/people';
import { aliasOf } from '#services/identify/state';

const LAST = Number.POSITIVE_INFINITY;

/**
 * The lead that a person means by a lead id (also an old one), an email, a userId or an anonymousId; undefined: none.
 * `identify` is the table of identify, `met` tells whether a lead or visitor of that id has activities, `hash` is that of
 * identifiers.
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
    leadOf(identify, identifier('email', addressIn(text) ?? '', hash)),
    text,
    leadOfId(identify, text) ?? leadOf(identify, `user.${text}`) ?? leadOf(identify, `email.${text}`),
    ownerOf(identify, [device], LAST),
    ownerOf(identify, [`anonymous.${text}`], LAST),
    aliasOf(identify, text),
  ];
  return candidates.find((id) => id !== undefined && met(id));
}
