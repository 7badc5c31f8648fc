import { readFileSync } from 'node:fs';
import { CommandFailed } from '#app/cli/failure';
import { systemCode } from '#app/folder/errors';
import { variableOf } from '#app/kafka/names';
import { messageOf } from '#lib/flow/errors';
import { identityHash } from '#lib/hash/keyed';
import type { IdentityHash } from '#lib/identity/identity-hash';

/** The key that identifiers are hashed with, as it is given: itself, or the file that holds it. */
export interface GivenKey {
  readonly key: string | undefined;
  readonly file: string | undefined;
}

const [KEY, FILE] = [variableOf('identityKey'), variableOf('identityKeyFile')];

/** The key that was given, empty if none was, or one line that says what is wrong with it and never shows it. */
export function readIdentityKey({ key, file }: GivenKey): { readonly key: string } | { readonly fault: string } {
  if (file === undefined) return { key: key ?? '' };
  if (key !== undefined) return { fault: `${KEY} and ${FILE} are both set; unset one of them` };
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? { fault: `${FILE}: ${file} is empty; write the key into it` } : { key: text };
  } catch (thrown) {
    return { fault: `${FILE}: ${file} cannot be read (${systemCode(thrown) ?? messageOf(thrown)}); name another file` };
  }
}

/** How this process hashes identifiers, as its environment says. Throws one plain line if that cannot be used. */
export function openIdentityHash(): IdentityHash {
  const outcome = readIdentityKey({ key: process.env[KEY] || undefined, file: process.env[FILE] || undefined });
  if ('key' in outcome) return identityHash(outcome.key);
  throw new CommandFailed(outcome.fault);
}
