import { messageOf } from '#lib/flow/errors';

/** What was thrown, in one line. */
export function oneLine(thrown: unknown): string {
  return messageOf(thrown).replace(/\s+/g, ' ').trim();
}
