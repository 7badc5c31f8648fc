import { type Said, timeOf } from '#lib/facts/said';
import type { Consent } from '#schemas/generated/records';

const SAYS = /^(?:in|out):([^:]*):(.*)$/s;

/** The last words on consent, in order of channel and topic: that on a topic is the later of those on it and on its whole channel. */
export function consentsAt(said: Said): readonly Consent[] {
  let consents: Map<string, Consent> | undefined;
  for (const fact of said.keys()) {
    const [, channel, topic] = SAYS.exec(fact) ?? [];
    if (channel === undefined || topic === undefined) continue;
    consents ??= new Map();
    const on = (kind: string) =>
      Math.max(timeOf(said, `${kind}:${channel}:${topic}`), timeOf(said, `${kind}:${channel}:`));
    const out = on('out');
    const open = out === Number.NEGATIVE_INFINITY || out < on('in');
    consents.set(`${channel}:${topic}`, { channel, topic, open });
  }
  if (consents === undefined) return NONE;
  return [...consents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, consent]) => consent);
}

const NONE: readonly Consent[] = [];

/**
 * Whether a lead's own last word allows a message. Without a topic it may go out while nothing on the channel is closed; with
 * one, the word on that topic decides, or if there is none that on the channel as a whole.
 */
export function mayBeSent(consents: readonly Consent[], channel: string, topic?: string): boolean {
  const own = consents.filter((one) => one.channel === channel);
  if (topic === undefined || topic === '') return own.every(({ open }) => open);
  const word = own.find((one) => one.topic === topic) ?? own.find((one) => one.topic === '');
  return word?.open ?? true;
}
