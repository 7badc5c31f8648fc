import { BEHAVIOURS } from '#schemas/generated/behaviours';

/** What sales decides: it moves leads and money. */
const SALES: readonly string[] = [
  'handoff_accepted',
  'handoff_returned',
  'lead_disqualified',
  'opportunity_created',
  'deal_won',
  'deal_lost',
];

/** What only the server that sends a mail can know of it. */
const MAIL_SERVER: readonly string[] = ['email_sent', 'email_delivered', 'email_bounced', 'email_marked_as_spam'];

/** All that comes of mails and mailing lists. */
const MAIL: readonly string[] = [
  ...MAIL_SERVER,
  'email_opened',
  'email_clicked',
  'email_replied',
  'subscribed',
  'unsubscribed',
];

/** What is told of a person, whoever tells it. */
const PROFILE: readonly string[] = ['identified', 'grouped'];

const MONEY: readonly string[] = ['cost_recorded'];
/** Takes back who is who. */
const UNMERGE: readonly string[] = ['unmerged'];

const ALL_BUT_MAIL = BEHAVIOURS.filter((name) => !MAIL.includes(name) && !PROFILE.includes(name));

/**
 * What each kind of source may not report, by the names of behaviours; it may report everything else, custom behaviours too.
 * Anybody can read the key of a website or an app in its code: what such a key says is only what a person does there.
 */
export const SOURCE_KINDS = {
  website: [...SALES, ...MAIL_SERVER, ...MONEY, ...UNMERGE],
  app: [...SALES, ...MAIL_SERVER, ...MONEY, ...UNMERGE],
  mail: [...SALES, ...ALL_BUT_MAIL],
  crm: [...MAIL_SERVER.filter((name) => name !== 'email_sent'), 'page_viewed'],
  server: [],
  all: [],
} as const satisfies { readonly [kind: string]: readonly string[] };

export type SourceKind = keyof typeof SOURCE_KINDS;

export function isSourceKind(text: string): text is SourceKind {
  return Object.hasOwn(SOURCE_KINDS, text);
}
