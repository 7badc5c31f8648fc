import type { Activity, Personal } from '#schemas/generated/records';
import type { Stamped, Told } from '#services/identify/activity';

/** An activity of the past: it moves when its owner changes. */
export interface Held {
  readonly owner: string;
  /** Strongest first; it is in the first one's history. */
  readonly identifiers: readonly string[];
  readonly told: Told;
  readonly stamped: Stamped;
}

/** A held activity as it is stored: without the fields' names, which are a third of it. */
export type HeldRow = readonly [
  owner: string,
  event_id: string,
  publisher: string,
  name: string,
  occurred_at: number,
  received_at: number,
  clamped: boolean,
  content_hash: string,
  url: string | null,
  path: string | null,
  referrer: string | null,
  title: string | null,
  source: string | null,
  medium: string | null,
  campaign: string | null,
  properties: string,
  context: string,
  personal: PersonalRow,
  /** Beside the one in whose history it is. */
  identifiers: readonly string[],
  historic: boolean,
  agent: string,
  network: string,
  mail_domain: string,
  lists: string,
];

type PersonalRow = readonly [
  email: string | null,
  user_id: string | null,
  anonymous_id: string | null,
  traits: string,
  ip: string | null,
  user_agent: string | null,
];

export function heldRow(activity: Activity): HeldRow {
  return [
    activity.lead_id,
    activity.event_id,
    activity.publisher,
    activity.name,
    activity.occurred_at,
    activity.received_at,
    activity.clamped,
    activity.content_hash,
    activity.url,
    activity.path,
    activity.referrer,
    activity.title,
    activity.source,
    activity.medium,
    activity.campaign,
    activity.properties,
    activity.context,
    personalRow(activity.personal),
    activity.identifiers.slice(1),
    activity.historic,
    activity.agent,
    activity.network,
    activity.mail_domain,
    activity.lists,
  ];
}

/** `of`: in whose history the row is. */
export function heldOf(of: string, row: HeldRow): Held {
  return { owner: row[0], identifiers: [of, ...row[18]], told: toldOf(row), stamped: stampedOf(row) };
}

function stampedOf(row: HeldRow): Stamped {
  return { historic: row[19], agent: row[20], network: row[21], mail_domain: row[22], lists: row[23] };
}

function toldOf(row: HeldRow): Told {
  return {
    event_id: row[1],
    publisher: row[2],
    name: row[3],
    occurred_at: row[4],
    received_at: row[5],
    clamped: row[6],
    content_hash: row[7],
    url: row[8],
    path: row[9],
    referrer: row[10],
    title: row[11],
    source: row[12],
    medium: row[13],
    campaign: row[14],
    properties: row[15],
    context: row[16],
    personal: personalOf(row[17]),
  };
}

function personalRow({ email, user_id, anonymous_id, traits, ip, user_agent }: Personal): PersonalRow {
  return [email, user_id, anonymous_id, traits, ip, user_agent];
}

function personalOf([email, user_id, anonymous_id, traits, ip, user_agent]: PersonalRow): Personal {
  return { email, user_id, anonymous_id, traits, ip, user_agent };
}
