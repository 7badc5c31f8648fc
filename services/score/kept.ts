import { UNSTAMPED } from '#lib/facts/facts';
import type { Activity, Personal } from '#schemas/generated/records';

/**
 * What is kept of an activity beside the state: all that its matches, its part in the profile and its exclusion under
 * another model can depend on. A list, since the names of its fields would take half of its room.
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
  /** Left out where nothing is said of the person. */
  personal?: Partial<Pick<Personal, 'email' | 'traits' | 'ip' | 'user_agent'>>,
];

export function keep(activity: Activity): Kept {
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
    identifierOf(activity),
  ];
  const { email, traits, ip, user_agent } = activity.personal;
  if (email === null && traits === '{}' && ip === null && user_agent === null) return kept;
  return [
    ...kept,
    {
      ...(email === null ? {} : { email }),
      ...(traits === '{}' ? {} : { traits }),
      ...(ip === null ? {} : { ip }),
      ...(user_agent === null ? {} : { user_agent }),
    },
  ] as unknown as Kept;
}

/** The identifier whose newest activities are kept together. */
export function identifierOf({ identifiers }: Activity): string {
  return identifiers[0] ?? '';
}

export type Identity = Pick<Activity, 'publisher' | 'event_id' | 'occurred_at'>;

/** Which activity it is. */
export function identityOf([publisher, event_id, , occurred_at]: Kept): Identity {
  return { publisher, event_id, occurred_at };
}

/** The activity as far as it is kept. What a model cannot ask about is empty. */
export function activityOf(kept: Kept): Activity {
  const [publisher, event_id, name, occurred_at, received_at, cause, url, path, referrer, title] = kept;
  const [, , , , , , , , , , source, medium, campaign, properties, identifier, personal] = kept;
  return {
    ...{ seq: 0, logged_at: received_at, lead_id: '', known: false, clamped: false, content_hash: '', input_offset: 0 },
    ...{ event_id, publisher, name, occurred_at, received_at, cause },
    ...{ url, path, referrer, title, source, medium, campaign, properties, context: '{}', ...UNSTAMPED },
    identifiers: identifier === '' ? [] : [identifier],
    personal: { email: null, user_id: null, anonymous_id: null, traits: '{}', ip: null, user_agent: null, ...personal },
  };
}
