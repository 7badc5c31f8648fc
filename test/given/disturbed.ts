import { type GenerateOptions, generate } from '#app/generator/generate';
import { createRandom, type Random } from '#test/process/random';

/** A line of NDJSON and when it is received, ms since 1970 UTC. */
export interface ArrivingLine {
  readonly text: string;
  readonly arrived: number;
}

/** What goes wrong with reports in the field. */
export type Disturbance =
  /** Some are received up to three days after they occurred. */
  | 'late'
  /** Some are received again. */
  | 'repeated'
  /** Somebody is called by another's address, which is taken back days later. */
  | 'misattributed'
  /** Two people use one device. */
  | 'shared_device'
  /** Some are dated in the future, in the last century or a year ago. */
  | 'wrong_clock'
  /** Crawlers look at pages and follow one-click links. */
  | 'bots'
  /** People opt out and in, mails bounce, and somebody complains. */
  | 'consent'
  /** Money is spent, which is about nobody. */
  | 'costs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

interface Call {
  readonly type: string;
  readonly messageId: string;
  readonly timestamp: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly event?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

interface Arriving {
  readonly call: Call;
  readonly arrived: number;
}

/** What the generator makes of a seed, with disturbances that the seed decides, in the order of receipt. */
export function disturbed(options: GenerateOptions, disturbances: readonly Disturbance[]): readonly ArrivingLine[] {
  const random = createRandom(options.seed);
  const calls = [...generate(options)].map((line): Call => JSON.parse(line));
  let all = calls.map((call): Arriving => ({ call, arrived: Date.parse(call.timestamp) }));
  for (const one of disturbances) all = DISTURB[one](all, random);
  return all
    .toSorted((a, b) => a.arrived - b.arrived)
    .map(({ call, arrived }) => ({ text: JSON.stringify(call), arrived }));
}

const DISTURB: { readonly [one in Disturbance]: (all: Arriving[], random: Random) => Arriving[] } = {
  late: (all, random) =>
    all.map((one) => (random() < 0.1 ? { ...one, arrived: one.arrived + Math.floor(random() * 3 * DAY) } : one)),

  repeated: (all, random) =>
    all.flatMap((one) =>
      random() < 0.05 ? [one, { ...one, arrived: one.arrived + Math.floor(random() * DAY) }] : [one],
    ),

  misattributed(all, random) {
    const people = identified(all);
    const wrong = people.flatMap(({ call, arrived }, i): Arriving[] => {
      const other = people[(i + 1) % people.length]?.call.traits?.email;
      if (random() > 0.3 || other === undefined) return [];
      const [at, until] = [arrived + random() * 5 * DAY, arrived + (5 + random() * 5) * DAY].map(Math.floor);
      const who = { userId: call.userId ?? '', traits: { email: other } };
      return [
        did(at ?? 0, { type: 'identify', messageId: `wrong-${i}`, ...who }),
        did(until ?? 0, { type: 'track', event: 'Unmerged', messageId: `unmerged-${i}`, ...who }),
      ];
    });
    return [...all, ...wrong];
  },

  shared_device(all, random) {
    const devices = [...new Set(all.flatMap(({ call }) => call.anonymousId ?? []))];
    const shared = new Map(devices.flatMap((one, i) => (random() < 0.2 ? [[one, devices[i - 1] ?? one]] : [])));
    return all.map(({ call, arrived }) => {
      const { anonymousId } = call;
      const device = anonymousId === undefined ? undefined : (shared.get(anonymousId) ?? anonymousId);
      return { call: device === undefined ? call : { ...call, anonymousId: device }, arrived };
    });
  },

  wrong_clock: (all, random) =>
    all.map(({ call, arrived }) => {
      const wrong = random() < 0.03 ? [arrived + 400 * DAY, arrived - 365 * DAY, 900_000_000_000] : undefined;
      const at = wrong?.[Math.floor(random() * 3)];
      return { call: at === undefined ? call : { ...call, timestamp: new Date(at).toISOString() }, arrived };
    }),

  bots: (all, random) =>
    all.flatMap(({ call, arrived }, i) => {
      const { userId, anonymousId, context } = call;
      const { traits: _, ...rest } = { ...context };
      if (random() > 0.05) return [{ call, arrived }];
      const crawls = { type: 'page', messageId: `bot-${i}`, properties: { path: '/pricing' } };
      const who = {
        ...(userId === undefined ? {} : { userId }),
        ...(anonymousId === undefined ? {} : { anonymousId }),
      };
      const bot = did(arrived + HOUR, { ...crawls, ...who, context: { ...rest, userAgent: BOT } });
      return [{ call, arrived }, bot];
    }),

  consent(all, random) {
    const more = identified(all).flatMap(({ call, arrived }, i): Arriving[] => {
      const userId = call.userId ?? '';
      const says = (n: number, event: string, properties: object = {}, traits: object = {}) =>
        did(arrived + Math.floor((n + random()) * DAY), {
          type: 'track',
          event,
          userId,
          messageId: `consent-${i}-${n}`,
          properties: { ...properties },
          traits: { ...traits },
        });
      const asks = says(4, 'Asset Downloaded', { asset_type: 'white_paper' });
      const looks = [5, 6, 7].map((n) => {
        const { call, arrived: at } = says(n, '');
        return did(at, { type: 'page', messageId: call.messageId, userId, properties: { path: '/pricing' } });
      });
      const stories: readonly (readonly Arriving[])[] = [
        [says(1, 'Unsubscribed'), asks],
        [says(1, 'Unsubscribed', { list: 'news' }), says(2, 'Subscribed', { list: 'offers' }), asks],
        [says(1, 'Unsubscribed', { list: 'news' }), says(2, 'Subscribed', { list: 'news' }), asks],
        [asks, says(7, 'Email Bounced', { kind: 'hard', email_id: `bounced-${i}` })],
        [asks, says(7, 'Email Bounced', { kind: 'soft', email_id: `bounced-${i}` })],
        [says(1, 'Email Marked as Spam', { email_id: `spam-${i}` }), asks, says(6, 'Subscribed')],
        [asks, says(8, 'Unsubscribed', { channel: 'sms' })],
        looks,
      ];
      return [...(stories[Math.floor(random() * stories.length)] ?? [])];
    });
    return [...all, ...more];
  },

  costs: (all) =>
    all.flatMap((one, i) => {
      const properties = { amount: i / 4, currency: 'EUR', campaign: 'autumn' };
      const cost = () =>
        did(one.arrived, { type: 'track', event: 'Cost Recorded', messageId: `cost-${i}`, properties });
      return i % 50 === 0 ? [one, cost()] : [one];
    }),
};

function did(at: number, call: Omit<Call, 'timestamp'>): Arriving {
  return { call: { ...call, timestamp: new Date(at).toISOString() }, arrived: at };
}

/** The first identify call of each person. */
function identified(all: readonly Arriving[]): readonly Arriving[] {
  const first = new Map<string, Arriving>();
  for (const one of all) {
    const { type, userId, traits } = one.call;
    if (type === 'identify' && userId !== undefined && traits?.email !== undefined && !first.has(userId)) {
      first.set(userId, one);
    }
  }
  return [...first.values()];
}
