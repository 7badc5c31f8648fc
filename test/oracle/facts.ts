import { idOf } from '#test/oracle/identifiers';
import { byText, inOrder, isExcluded, type Reported } from '#test/oracle/reported';
import { addressNamed, closes, consentNamed, isControl, isReport, speaks } from '#test/oracle/words';

/** What is true of a lead. */
export interface LeadFacts {
  readonly email: string | null;
  readonly user: string | null;
  readonly device: string | null;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly closed: 'complained' | 'bounced' | null;
  /** In order of channel and topic. */
  readonly consents: readonly OracleConsent[];
  readonly firstTouch: OracleTouch | null;
  readonly lastTouch: OracleTouch | null;
}

export interface OracleConsent {
  readonly channel: string;
  readonly topic: string;
  readonly open: boolean;
}

export interface OracleTouch {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

const MOST_TRAITS = 100;
const LONGEST_VALUE = 2_000;
const LONGEST_NAME = 200;
const NEVER = Number.NEGATIVE_INFINITY;

/** What is true of a lead at a time, given all its events, in any order, and the addresses that are its own (`email:…`). */
export function factsAt(events: readonly Reported[], addresses: ReadonlySet<string>, at: number): LeadFacts {
  const heard = events.filter((event) => event.at <= at && !isControl(event)).sort(inOrder);
  const said = heard.filter(speaks);
  const address = addressOf(said, addresses);
  const touches = said.filter((one) => touchOf(one) !== undefined);
  return {
    email: address === undefined ? null : address.slice('email:'.length),
    user: lastId(said.map(({ user }) => user)),
    device: lastId(said.map(({ device }) => device)),
    traits: traitsOf(said),
    closed: address === undefined ? null : closedBy(heard, address),
    consents: consentsOf(heard),
    firstTouch: touchOf(touches[0]) ?? null,
    lastTouch: touchOf(touches.at(-1)) ?? null,
  };
}

/** The address to write to: the one named last, else the one reported last. */
function addressOf(said: readonly Reported[], addresses: ReadonlySet<string>): string | undefined {
  const own = said.filter((event) => addresses.has(addressNamed(event) ?? ''));
  const last = own.findLast((event) => !isReport(event)) ?? own.at(-1);
  return last === undefined ? undefined : addressNamed(last);
}

function closedBy(heard: readonly Reported[], address: string): LeadFacts['closed'] {
  const first = heard.find((event) => speaks(event) && addressNamed(event) === address)?.at;
  const isAbout = (event: Reported) => {
    const named = addressNamed(event);
    return named === address || (named === undefined && first !== undefined && first <= event.at);
  };
  const lastOf = (is: (event: Reported) => boolean) => heard.findLast((one) => is(one) && isAbout(one))?.at ?? NEVER;
  const confirmed = lastOf((event) => event.name === 'subscribed' && !isExcluded(event));
  const isClosed = (why: string) => {
    const since = lastOf((event) => closes(event) === why);
    return since !== NEVER && since >= confirmed;
  };
  if (isClosed('complained')) return 'complained';
  return isClosed('bounced') ? 'bounced' : null;
}

/** Of each topic the later of the last words on it and on the channel as a whole; an opt-out wins a tie. */
function consentsOf(heard: readonly Reported[]): readonly OracleConsent[] {
  const words = heard.flatMap((event) => {
    if (event.name !== 'unsubscribed' && (event.name !== 'subscribed' || isExcluded(event))) return [];
    const [channel, topic] = consentNamed(event);
    return [{ channel, topic, isIn: event.name === 'subscribed', at: event.at }];
  });
  const last = (channel: string, topics: readonly string[], isIn: boolean) =>
    Math.max(
      NEVER,
      ...words.flatMap((one) =>
        one.channel === channel && topics.includes(one.topic) && one.isIn === isIn ? [one.at] : [],
      ),
    );
  const spoken = new Map(words.map(({ channel, topic }) => [JSON.stringify([channel, topic]), { channel, topic }]));
  return [...spoken.values()]
    .sort((a, b) => byText(a.channel, b.channel) || byText(a.topic, b.topic))
    .map(({ channel, topic }) => {
      const about = [topic, ''];
      return { channel, topic, open: last(channel, about, true) > last(channel, about, false) };
    });
}

/** Whether a mail that names no topic may be sent: no topic of mail is closed, nor mail as a whole. */
export function mayMail({ consents }: LeadFacts): boolean {
  return consents.every(({ channel, open }) => channel !== 'mail' || open);
}

/** The newest hundred; of one event the first hundred by name, and these before others where not all of them fit. */
function traitsOf(said: readonly Reported[]): LeadFacts['traits'] {
  const last = new Map<string, { readonly value: unknown; readonly nth: number }>();
  for (const [nth, { traits }] of said.entries()) {
    for (const name of Object.keys(traits).filter(isTrait).sort(byText).slice(0, MOST_TRAITS)) {
      const value = traits[name];
      last.set(name, { value: value !== null && JSON.stringify(value).length > LONGEST_VALUE ? null : value, nth });
    }
  }
  const newest = [...last].sort(([a, { nth: x }], [b, { nth: y }]) => y - x || byText(a, b)).slice(0, MOST_TRAITS);
  return Object.fromEntries(newest.flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])));
}

function isTrait(name: string): boolean {
  return name !== 'email' && name !== '' && name.length <= LONGEST_NAME && !/^(?:context|properties)\./.test(name);
}

function touchOf(event: Reported | undefined): OracleTouch | undefined {
  if (event === undefined) return undefined;
  const { campaignSource: source, campaignMedium: medium, campaignName: campaign } = event;
  if (source === null && medium === null && campaign === null) return undefined;
  return { source: source ?? '', medium: medium ?? '', campaign: campaign ?? '' };
}

function lastId(ids: readonly (string | null)[]): string | null {
  return ids.map(idOf).findLast((id) => id !== undefined) ?? null;
}
