import { addressIn } from '#test/oracle/identifiers';
import { isExcluded, type Reported } from '#test/oracle/reported';

/** Mail senders report these: the address in them is the recipient's. */
const REPORTS = new Set([
  'email_sent',
  'email_delivered',
  'email_opened',
  'email_clicked',
  'email_replied',
  'email_bounced',
  'email_marked_as_spam',
  'unsubscribed',
]);

const SOFT = new Set(['soft', 'transient', 'temporary', 'block', 'blocked']);

/** They are about who is who. */
export function isControl({ name }: Reported): boolean {
  return name === 'unmerged' || name === 'aliased';
}

/** The address that an event names, as `email:…`; undefined: none. A userId that is an address is one. */
export function addressNamed(event: Reported): string | undefined {
  const known = ADDRESSES.get(event);
  if (known !== undefined) return known ?? undefined;
  const address = addressIn(event.email) ?? addressIn(event.user);
  const named = address === null ? undefined : `email:${address}`;
  ADDRESSES.set(event, named ?? null);
  return named;
}

/** Read once of each event; null: it names none. */
const ADDRESSES = new WeakMap<Reported, string | null>();

/** Whether an event tells of its address by a mail sender's report, not by the person's own. */
export function isReport({ name }: Reported): boolean {
  return REPORTS.has(name);
}

/** Whether an event says anything but opt-outs, bounces and complaints of its lead. */
export function speaks(event: Reported): boolean {
  return !isControl(event) && !isExcluded(event);
}

/** Whether an event closes an address, and why. */
export function closes({ name, properties }: Reported): 'complained' | 'bounced' | undefined {
  if (name === 'email_marked_as_spam') return 'complained';
  if (name !== 'email_bounced') return undefined;
  const kind = [properties.kind, properties.type, properties.bounce_type].find((one) => isText(one));
  return SOFT.has(
    String(kind ?? '')
      .trim()
      .toLowerCase(),
  )
    ? undefined
    : 'bounced';
}

/** What an opt-in or opt-out is about: the channel, and the topic; an empty topic is the channel as a whole. */
export function consentNamed({ properties }: Reported): readonly [channel: string, topic: string] {
  const channel = isText(properties.channel) ? String(properties.channel).trim().toLowerCase() : 'mail';
  const topic = [properties.topic, properties.list].find((one) => isText(one));
  return [channel === 'email' ? 'mail' : channel, String(topic ?? '').trim()];
}

function isText(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}
