import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generate } from '#app/generator/generate';
import { REQUIRED_PROPERTIES } from '#schemas/generated/behaviours';

const DAY = 86_400_000;
const END = Date.UTC(2026, 8, 1);

interface Call {
  readonly type: string;
  readonly messageId: string;
  readonly timestamp: string;
  readonly event?: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly context: { readonly ip?: string; readonly campaign?: unknown };
}

function callsOf(leads: number, days: number, seed: number): readonly Call[] {
  return [...generate({ leads, days, seed })].map((line): Call => JSON.parse(line));
}

describe('the generator', () => {
  test('gives the same bytes for the same arguments, on any machine and day', () => {
    const hash = createHash('sha256');
    for (const line of generate({ leads: 300, days: 60, seed: 7 })) hash.update(line);
    expect(hash.digest('hex')).toBe('3bea058ac5b26d9953a0cdb389d2729c556898b2005c9b7aca0819ccd7240cdd');
  });

  test('gives other people and other event ids for another seed', () => {
    const ids = new Set(callsOf(200, 30, 1).map((call) => call.messageId));
    expect(callsOf(200, 30, 2).filter((call) => ids.has(call.messageId))).toEqual([]);
  });

  test('writes one JSON object per line, in order of time, within the days before the end', () => {
    const calls = callsOf(1_100, 10, 3);
    const times = calls.map((call) => Date.parse(call.timestamp));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times.every((time) => time >= END - 10 * DAY && time < END)).toBe(true);
    expect(calls.every((call) => call.timestamp === new Date(Date.parse(call.timestamp)).toISOString())).toBe(true);
  });

  test('puts each event once, however the time is cut into windows', () => {
    const [few, many] = [500, 2_500].map((leads) => callsOf(leads, 20, 11));
    const ofMany = new Map(many?.map((call) => [call.messageId, call]));
    expect(few?.filter((call) => JSON.stringify(ofMany.get(call.messageId)) !== JSON.stringify(call))).toEqual([]);
  });

  test('repeats a few lines with the same id, and then with the same content', () => {
    const seen = new Map<string, string>();
    const repeated: string[] = [];
    for (const line of generate({ leads: 500, days: 60, seed: 5 })) {
      const { messageId }: Call = JSON.parse(line);
      const before = seen.get(messageId);
      if (before !== undefined) repeated.push(messageId);
      if (before !== undefined && before !== line) throw new Error(`${messageId} has two contents`);
      seen.set(messageId, line);
    }
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated.length).toBeLessThan(seen.size / 50);
  });

  test('gives every lead at least one event, and about half of them a name', () => {
    const calls = callsOf(1_000, 60, 7);
    const userOf = new Map(calls.flatMap((call) => (call.userId ? [[call.anonymousId, call.userId]] : [])));
    const people = new Set(calls.map((call) => call.userId ?? userOf.get(call.anonymousId) ?? call.anonymousId));
    const known = new Set(calls.flatMap((call) => call.userId ?? []));
    expect(people.size).toBeGreaterThanOrEqual(1_000);
    expect(known.size / 1_000).toBeGreaterThan(0.4);
    expect(known.size / 1_000).toBeLessThan(0.6);
    expect(calls.length / 1_000).toBeGreaterThan(10);
    expect(calls.length / 1_000).toBeLessThan(40);
  });

  test('names every behaviour of the funnel, with the properties that it cannot do without', () => {
    const tracked = callsOf(1_500, 60, 7).filter((call) => call.type === 'track');
    const names = new Set(tracked.map((call) => call.event));
    for (const name of FUNNEL) expect(names).toContain(name);
    const faulty = tracked.filter(({ event = '', properties = {} }) =>
      Object.keys(REQUIRED_PROPERTIES[event] ?? {}).some((property) => properties[property] === undefined),
    );
    expect(faulty).toEqual([]);
  });

  test('gives no two people the same address, and none an address on the internet', () => {
    const calls = callsOf(2_000, 60, 9);
    const ips = new Set(calls.flatMap(({ context }) => context.ip ?? []));
    expect([...ips].filter((ip) => !/^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/.test(ip))).toEqual([]);
    const identified = calls.filter((call) => call.type === 'identify');
    const emails = new Set(identified.map((call) => call.traits?.email));
    expect(emails.size).toBe(new Set(identified.map((call) => call.userId)).size);
    expect([...emails].filter((email) => !/^[a-z]+\.[a-z]+@[a-z-]+\.example$/.test(String(email)))).toEqual([]);
  });

  test('opens and clicks only mails that were sent before', () => {
    const sent = new Set<unknown>();
    const answers = callsOf(500, 60, 4).filter(({ event, properties }) => {
      if (event === 'email_sent') sent.add(properties?.email_id);
      return event?.startsWith('email_') && !sent.has(properties?.email_id);
    });
    expect(sent.size).toBeGreaterThan(500);
    expect(answers).toEqual([]);
  });

  test.each([
    [{ leads: 0, days: 60, seed: 7 }, 'leads must be a whole number from 1'],
    [{ leads: 10, days: 1.5, seed: 7 }, 'days must be a whole number from 1'],
    [{ leads: 10, days: 60, seed: Number.NaN }, 'seed must be a whole number'],
  ])('refuses %j', (options, message) => {
    expect(() => generate(options)).toThrow(message);
  });
});

const FUNNEL = [
  'subscribed',
  'form_submitted',
  'asset_downloaded',
  'webinar_registered',
  'webinar_attended',
  'email_sent',
  'email_delivered',
  'email_opened',
  'email_clicked',
  'email_replied',
  'email_bounced',
  'unsubscribed',
  'trial_started',
  'appointment_scheduled',
  'booking_canceled',
  'handoff_accepted',
  'handoff_returned',
  'opportunity_created',
  'deal_won',
  'deal_lost',
];
