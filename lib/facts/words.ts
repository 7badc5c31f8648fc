import { LONGEST_NAME } from '#lib/facts/bounds';
import { traitNames } from '#lib/facts/trait-names';
import { objectIn } from '#lib/json/object';
import type { Activity } from '#schemas/generated/records';

/** What an activity says on one fact of its lead; README.md lists the facts. */
export interface Word {
  readonly fact: string;
  readonly value: WordValue;
}

export type WordValue = Address | Source | string | number | boolean | null | object;

/** Of `named:`, `reported:`, `first:`. */
export type Address = readonly [address: string, internal: boolean];

/** Of `first_touch`, `last_touch`. */
export type Source = readonly [source: string, medium: string, campaign: string];

/** What can be said of an activity without its place in the log. */
export type Saying = Pick<
  Activity,
  'name' | 'identifiers' | 'properties' | 'personal' | 'source' | 'medium' | 'campaign' | 'network'
>;

export const SUBSCRIBED = 'subscribed';
export const UNSUBSCRIBED = 'unsubscribed';
export const BOUNCED = 'email_bounced';
export const COMPLAINED = 'email_marked_as_spam';

/** They are about who is who, and say nothing of the person. */
const CONTROL: ReadonlySet<string> = new Set(['unmerged', 'aliased']);

/** Reports of mail senders: the address in them is the recipient's, which need not be the lead's newest. */
const REPORTS: ReadonlySet<string> = new Set([
  'email_sent',
  'email_delivered',
  'email_opened',
  'email_clicked',
  'email_replied',
  BOUNCED,
  COMPLAINED,
  UNSUBSCRIBED,
]);

/** Heeded whoever's agent reports it. */
const ALWAYS_HEARD: ReadonlySet<string> = new Set([UNSUBSCRIBED, COMPLAINED, BOUNCED]);

/** As identify stamps the network of what bears an address of the company's own. */
const STAFF = 'staff';

/** Bounces after which the address may still be there. */
const SOFT: ReadonlySet<string> = new Set(['soft', 'transient', 'temporary', 'block', 'blocked']);

/** Facts that outlive the bounds within which activities are kept: their last words are held for ever. */
const LASTING = /^(?:trait|named|reported|first|bounced|complained|confirmed|in|out):|^user$/;

/** In characters of JSON. */
const LONGEST_VALUE = 2_000;
const NONE: readonly Word[] = [];

/**
 * What an activity says of its lead. `excluded`: it counts for nothing; then only what closes is heard, and the address of who
 * belongs to the company.
 */
export function wordsOf(activity: Saying, excluded: boolean): readonly Word[] {
  const { name, personal } = activity;
  const isStaff = activity.network === STAFF;
  if (CONTROL.has(name) || (excluded && !isStaff && !ALWAYS_HEARD.has(name))) return NONE;
  const words: Word[] = [];
  const address = namedAddress(activity) ?? '';
  if ((!excluded || isStaff) && address !== '' && personal.email !== null) {
    const value: Address = [personal.email, isStaff];
    words.push({ fact: `${REPORTS.has(name) ? 'reported' : 'named'}:${address}`, value });
    words.push({ fact: `first:${address}`, value });
  }
  if (!excluded) {
    if (personal.traits !== '{}') words.push(...traitsIn(personal.traits));
    if (personal.user_id !== null) words.push({ fact: 'user', value: personal.user_id });
    if (personal.anonymous_id !== null) words.push({ fact: 'device', value: personal.anonymous_id });
    const { source, medium, campaign } = activity;
    if (source !== null || medium !== null || campaign !== null) {
      const value: Source = [source ?? '', medium ?? '', campaign ?? ''];
      words.push({ fact: 'first_touch', value }, { fact: 'last_touch', value });
    }
  }
  if (name === UNSUBSCRIBED) words.push({ fact: `out:${topicIn(activity)}`, value: true });
  if (name === SUBSCRIBED && !excluded) {
    words.push({ fact: `in:${topicIn(activity)}`, value: true }, { fact: `confirmed:${address}`, value: true });
  }
  if (name === COMPLAINED) words.push({ fact: `complained:${address}`, value: true });
  if (name === BOUNCED && isHard(activity)) words.push({ fact: `bounced:${address}`, value: true });
  return words;
}

/** The identifier of the mail address on an activity: before it stands that of a userId which is another address. */
export function namedAddress({ identifiers }: Pick<Saying, 'identifiers'>): string | undefined {
  return identifiers.findLast((one) => one.startsWith('email.'));
}

/** Whether the first word on a fact counts, not the last. */
export function isOfFirst(fact: string): boolean {
  return fact.startsWith('first');
}

/** Whether the last word on a fact is held for ever. */
export function isLasting(fact: string): boolean {
  return LASTING.test(fact);
}

function traitsIn(text: string): Word[] {
  const said = objectIn(text);
  return traitNames(said).map((name) => {
    const value = said[name];
    const isLong = value !== null && JSON.stringify(value).length > LONGEST_VALUE;
    return { fact: `trait:${name}`, value: isLong ? null : (value as WordValue) };
  });
}

/** The channel and topic that an opt-in or opt-out is about, as `CHANNEL:TOPIC`. */
function topicIn(activity: Saying): string {
  const { channel, topic, list } = objectIn(activity.properties);
  const by = textIn(channel)?.toLowerCase() ?? 'mail';
  return `${by === 'email' ? 'mail' : by.replaceAll(':', '_')}:${textIn(topic) ?? textIn(list) ?? ''}`;
}

function isHard(activity: Saying): boolean {
  const { kind, type, bounce_type } = objectIn(activity.properties);
  const told = textIn(kind) ?? textIn(type) ?? textIn(bounce_type);
  return told === undefined || !SOFT.has(told.toLowerCase());
}

function textIn(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, LONGEST_NAME) : undefined;
}
