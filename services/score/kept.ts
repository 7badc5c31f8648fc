import type { Activity } from '#schemas/generated/records';

/**
 * What is kept of an activity beside the state: all that its matches under another model can depend on. A list, since the
 * names of its fields would take half of its room.
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
];

export function keep(activity: Activity): Kept {
  return [
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
  ];
}

/** Which activity it is. */
export function identityOf([publisher, event_id]: Kept): Pick<Activity, 'publisher' | 'event_id'> {
  return { publisher, event_id };
}
