import { randomBytes } from 'node:crypto';

/** A password that nobody has to remember. */
export function newPassword(): string {
  return randomBytes(18).toString('base64url');
}
