import type { Fields, Reported } from '#test/oracle/reported';

const MINUTE = 60_000;
const YEAR_2000 = Date.UTC(2000, 0, 1);

/** The behaviours that calls of Segment's other types stand for. */
const CALLS: Readonly<Record<string, string>> = {
  page: 'page_viewed',
  screen: 'page_viewed',
  identify: 'identified',
  group: 'grouped',
  alias: 'aliased',
};

/** Names of Segment's that are not the behaviour's in Title Case. */
const OTHERWISE: Readonly<Record<string, string>> = {
  email_link_clicked: 'email_clicked',
  booking_cancelled: 'booking_canceled',
};

/** Behaviours about a mail or the mailing list: `properties.email` is the recipient. */
const ABOUT_MAIL = /^(?:email_.*|subscribed|unsubscribed)$/;

/**
 * A line of NDJSON in Segment's shape, received at `arrived` (ms) from `source`. A time more than 5 minutes ahead is taken for
 * `arrived`. Undefined: it is refused, since it is dated before 2000.
 */
export function readLine(line: string, arrived: number, source = 'default'): Reported | undefined {
  const call = fieldsOf(JSON.parse(line));
  const [context, properties] = [fieldsOf(call.context), fieldsOf(call.properties)];
  const said = typeof call.timestamp === 'string' ? Date.parse(call.timestamp) : arrived;
  if (said < YEAR_2000) return undefined;
  const name = CALLS[String(call.type)] ?? snakeCase(String(call.event));
  const traits = { ...fieldsOf(context.traits), ...fieldsOf(call.traits) };
  const ownTraits = call.type === 'group' ? fieldsOf(context.traits) : traits;
  const about = ABOUT_MAIL.test(name) ? properties.email : undefined;
  const previous = name === 'aliased' || name === 'unmerged' ? (properties.previous_id ?? call.previousId) : undefined;
  return {
    source,
    id: String(call.messageId),
    name,
    at: said > arrived + 5 * MINUTE ? arrived : said,
    user: textOf(call.userId),
    email: textOf(ownTraits.email) ?? textOf(about) ?? textOf(call.email),
    device: textOf(call.anonymousId),
    previous: textOf(previous),
    traits: call.type === 'group' ? { ...ownTraits, company: { ...fieldsOf(call.traits), id: call.groupId } } : traits,
    properties,
    agent: textOf(context.userAgent),
    ...placeOf(properties, context),
  };
}

function placeOf(
  properties: Fields,
  context: Fields,
): Pick<Reported, 'path' | 'campaignSource' | 'campaignMedium' | 'campaignName'> {
  const [page, campaign] = [fieldsOf(context.page), fieldsOf(context.campaign)];
  const url = addressOf(textOf(properties.url) ?? textOf(page.url));
  const referrer = addressOf(textOf(properties.referrer) ?? textOf(page.referrer));
  const query = (name: string) => url?.searchParams.get(name) || null;
  const path = textOf(properties.path) ?? textOf(page.path);
  const from = referrer === undefined || hostOf(referrer) === hostOf(url) ? null : hostOf(referrer);
  return {
    path: url?.pathname ?? path,
    campaignSource: textOf(campaign.source) ?? query('utm_source') ?? from ?? null,
    campaignMedium: textOf(campaign.medium) ?? query('utm_medium'),
    campaignName: textOf(campaign.name) ?? query('utm_campaign'),
  };
}

function snakeCase(event: string): string {
  const name = event.trim().toLowerCase().replaceAll(' ', '_');
  return OTHERWISE[name] ?? name;
}

function addressOf(text: string | null): URL | undefined {
  return text !== null && URL.canParse(text) ? new URL(text) : undefined;
}

function hostOf(url: URL | undefined): string | null {
  return url?.hostname.replace(/^www\./, '') ?? null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
