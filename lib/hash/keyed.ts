import { createHmac } from 'node:crypto';
import { sha256 } from '#lib/hash/sha256';
import type { IdentityHash } from '#lib/identity/identity-hash';

/** Kinds of identifiers begin otherwise, so that this is nobody's pseudonym. */
const FINGERPRINT = 'fingerprint:';

/** Identifiers by the first 128 bits of HMAC-SHA-256 with a key, in hex; by plain SHA-256 if the key is empty. */
export function identityHash(key: string): IdentityHash {
  if (key === '') return { hash: sha256, key: null };
  const hash = (text: string) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
  return { hash, key: hash(FINGERPRINT).slice(0, 16) };
}
