import type { Hash } from '#lib/flow/ports';

/** How an installation hashes identifiers. One log knows one key: another one makes strangers of all its people. */
export interface IdentityHash {
  readonly hash: Hash;
  /** A fingerprint of the key, from which nobody learns it; null: there is none. */
  readonly key: string | null;
}

/**
 * Why a log cannot be used with a key, in one line; undefined: it can. `named`: the fingerprint that its first record names,
 * `own`: that of the key given.
 */
export function refusalOfKey(named: string | null, own: string | null): string | undefined {
  if (named === own) return undefined;
  if (named === null) return `its identifiers are hashed without a key, and one is given; unset ${GIVEN_BY}`;
  const missing = own === null ? 'none is given' : `the one given has ${own}`;
  return `its identifiers are hashed with a key of fingerprint ${named}, and ${missing}; give that key by ${GIVEN_BY}`;
}

const GIVEN_BY = 'LEADSTREAM_IDENTITY_KEY or LEADSTREAM_IDENTITY_KEY_FILE';
