import { NOBODY } from '#lib/facts/facts';
import { namedAddress, type Word, wordsOf } from '#lib/facts/words';
import type { Activity, Personal } from '#schemas/generated/records';

/**
 * What is kept of an activity beside the state: all that its matches and what it says of the lead can depend on. A list,
 * since the names of its fields would take half of its room.
 */
export type Kept = readonly [
  publisher: Activity['publisher'],
  event_id: Activity['event_id'],
  name: Activity['name'],
  occurred_at: Activity['occurred_at'],
  received_at: Activity['received_at'],
  cause: Activity['cause'],
  url: Activity['url'],
  path: Activity['path'],
  referrer: Activity['referrer'],
  title: Activity['title'],
  source: Activity['source'],
  medium: Activity['medium'],
  campaign: Activity['campaign'],
  properties: Activity['properties'],
  /** The strongest one on the event; '' if it had none. */
  identifier: string,
  /** Left out where there is nothing of it. */
  more?: More,
];

/** What many activities lack. */
interface More extends Partial<Pick<Personal, 'email' | 'user_id' | 'anonymous_id' | 'traits'>> {
  /** The mail address on the event, as an identifier. */
  readonly address?: string;
  readonly network?: string;
  readonly historic?: true;
  /** Why it counted for nothing when it came. */
  readonly excluded?: string;
}

export function keep(activity: Activity, excluded: string | undefined): Kept {
  const more = moreOf(activity, excluded);
  const kept: Kept = [
    activity.publisher,
    activity.event_id,
    activity.name,
    activity.occurred_at,
    activity.received_at,
    activity.cause,
    activity.url,
    activity.path,
    activity.referrer,
    activity.title,
    activity.source,
    activity.medium,
    activity.campaign,
    activity.properties,
    activity.identifiers[0] ?? '',
  ];
  return more === undefined ? kept : ([...kept, more] as unknown as Kept);
}

function moreOf(activity: Activity, excluded: string | undefined): More | undefined {
  const { personal, network, historic } = activity;
  const { email, user_id, anonymous_id, traits } = personal;
  const address = email === null ? undefined : namedAddress(activity);
  const more: { -readonly [Field in keyof More]: More[Field] } = {};
  if (email !== null) more.email = email;
  if (address !== undefined) more.address = address;
  if (user_id !== null) more.user_id = user_id;
  if (anonymous_id !== null) more.anonymous_id = anonymous_id;
  if (traits !== '{}') more.traits = traits;
  if (network !== '') more.network = network;
  if (historic) more.historic = historic;
  if (excluded !== undefined) more.excluded = excluded;
  return Object.keys(more).length === 0 ? undefined : more;
}

export type Identity = Pick<Activity, 'publisher' | 'event_id' | 'occurred_at'>;

/** Which activity it is. */
export function identityOf([publisher, event_id, , occurred_at]: Kept): Identity {
  return { publisher, event_id, occurred_at };
}

/** The identifier whose newest activities are kept together. */
export function strongestOf(kept: Kept): string {
  return kept[14];
}

export function isOf(kept: Kept, identifier: string): boolean {
  return strongestOf(kept) === identifier;
}

/** Whether it counted for nothing when it came. */
export function isExcluded(kept: Kept): boolean {
  return kept[15]?.excluded !== undefined;
}

export function isHistoric(kept: Kept): boolean {
  return kept[15]?.historic === true;
}

export function nameOf([, , name]: Kept): string {
  return name;
}

/** What a kept activity says of its lead. */
export function wordsIn(kept: Kept): readonly Word[] {
  const [, , name, , , , , , , , source, medium, campaign, properties, , more = {}] = kept;
  const { email = null, user_id = null, anonymous_id = null, traits = '{}', address, network = '' } = more;
  const personal = { ...NOBODY, email, user_id, anonymous_id, traits };
  const identifiers = address === undefined ? [] : [address];
  return wordsOf({ name, identifiers, properties, personal, source, medium, campaign, network }, isExcluded(kept));
}
