import { describe, expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { identifier } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

const BORDER = T0 - 400 * DAY;
const minutes = (count: number) => count * 60_000;

/** identify over events as they come, all of them now unless told. */
function given(told: readonly Told[], bounds: { readonly kept?: number; readonly known?: number } = {}) {
  const running = drive([createIdentifyTopology({ ...IDENTIFY, ...bounds }), ANSWERING], () => 1);
  const says = (one: Told) => {
    const now = one.received_at ?? T0;
    running.publish(TOPICS.events, event({ content_hash: 'same', ...one, received_at: now }), now);
  };
  for (const one of told) says(one);
  const log = () => running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  const rows = (prefix: string) => [...running.table('identify', 0).range(prefix, `${prefix}\u{10ffff}`)];
  return {
    says,
    rows,
    merged: () => log().filter(({ type }) => type === 'Merged').length,
    moved: () => log().flatMap(({ type, value }) => (type === 'MovedOut' ? [value.event_id] : [])),
    logged: () => log().flatMap(({ type, value }) => (type === 'Activity' ? [value.event_id] : [])),
  };
}

/** Plain visits of a device, that say nothing that lasts, from some time on. */
const visits = (count: number, from: number) =>
  Array.from({ length: count }, (_, n): Told => ({ device: 'd', event_id: `v${n}`, occurred_at: from + n }));

const said = (event_id: string, occurred_at: number, traits: object): Told => ({
  ...{ device: 'd', event_id, occurred_at, name: 'identified' },
  traits: traits as Told['traits'] & object,
});

const becomesKnown: Told = { device: 'd', user: 'ann', event_id: 'known', occurred_at: T0 };

describe.each([0, 63, 130])('with %i visits of over 400 days ago beside', (count) => {
  const beside = visits(count, BORDER - minutes(500));

  test('the last word on each trait moves, whatever its age; what a later one supersedes stays', () => {
    const log = given([
      ...beside,
      said('city1', BORDER - minutes(50), { city: 'Rome' }),
      said('both', BORDER - minutes(40), { city: 'Oslo', plan: 'free' }),
      said('plan2', BORDER - minutes(30), { plan: 'pro' }),
      said('city0', BORDER - minutes(60), { city: 'Bonn' }),
      becomesKnown,
    ]);
    expect(log.moved()).toEqual(['both', 'plan2']);
  });

  test('so do an opt-out, a bounce and a complaint, and the first word on an address', () => {
    const mail = (event_id: string, ago: number, name: string, properties: object = {}): Told => ({
      ...{ email: 'ann@x.org', event_id, name, occurred_at: BORDER - minutes(ago) },
      properties: properties as Told['properties'] & object,
    });
    const log = given([
      ...beside,
      { user: 'ann', event_id: 'ann', occurred_at: BORDER - minutes(999) },
      mail('first', 90, 'email_sent'),
      mail('out1', 80, 'unsubscribed', { list: 'a' }),
      mail('out2', 70, 'unsubscribed', { list: 'a' }),
      mail('outB', 60, 'unsubscribed', { list: 'b' }),
      mail('in', 50, 'subscribed', { list: 'a' }),
      mail('bounce', 40, 'email_bounced'),
      mail('soft', 35, 'email_bounced', { kind: 'soft' }),
      mail('spam', 30, 'email_marked_as_spam'),
      mail('sent', 20, 'email_sent'),
      mail('last', 10, 'email_sent'),
      { user: 'ann', email: 'ann@x.org', event_id: 'joins', occurred_at: T0 },
    ]);
    expect(log.moved()).toEqual(['first', 'out2', 'outB', 'in', 'bounce', 'spam', 'last']);
  });

  test('a lead or visitor of whom only last words are left is merged with them, not left with nothing', () => {
    const log = given([...beside, said('city', BORDER - minutes(9), { city: 'Rome' }), becomesKnown]);
    expect(log.moved()).toEqual(['city']);
    expect(log.merged()).toBe(1);
  });

  test('what a bot or a colleague says is no last word, but that it closes an address', () => {
    const bot = 'Googlebot/2.1';
    const log = given([
      ...beside,
      { ...said('bot', BORDER - minutes(9), { city: 'Rome' }), user_agent: bot },
      { device: 'd', name: 'unsubscribed', event_id: 'out', occurred_at: BORDER - minutes(8), user_agent: bot },
      becomesKnown,
    ]);
    expect(log.moved()).toEqual(['out']);
  });
});

describe('beyond the activities that are kept', () => {
  const traits = [said('city', T0 - minutes(90), { city: 'Rome' }), said('plan', T0 - minutes(80), { plan: 'free' })];

  test('last words are held, move in the order of time, and do not count', () => {
    const log = given([...traits, ...visits(9, T0 - minutes(60))], { kept: 3 });
    expect(log.rows(`held.${identifier('anonymous', 'd', sha256)}:`)).toHaveLength(3 + 2);
    log.says(becomesKnown);
    expect(log.moved()).toEqual(['city', 'plan', 'v6', 'v7', 'v8']);
  });

  test('one that comes too late to be kept is held if it is one', () => {
    const log = given([...visits(9, T0 - minutes(60)), ...traits, ...visits(1, T0 - minutes(99))], { kept: 3 });
    log.says(becomesKnown);
    expect(log.moved()).toEqual(['city', 'plan', 'v6', 'v7', 'v8']);
  });

  test('retries of them stay known, and those of superseded ones as long as of all that is let go', () => {
    const later = [
      said('city2', T0 - minutes(70), { city: 'Oslo' }),
      said('city3', T0 - minutes(65), { city: 'Bonn' }),
    ];
    const log = given([...traits, ...later, ...visits(40, T0 - minutes(60))], { kept: 3, known: 2 });
    const before = log.logged().length;
    for (const one of [traits[1], later[1]]) log.says(one ?? {});
    expect(log.logged()).toHaveLength(before);
    log.says(traits[0] ?? {});
    expect(log.logged().slice(before)).toEqual(['city']);
  });

  test('the newest hundred traits, topics and addresses are held, no more', () => {
    const many = Array.from({ length: 150 }, (_, n) => said(`t${n}`, T0 - minutes(500 - n), { [`trait${n}`]: n }));
    const log = given([...many, ...visits(3, T0 - minutes(60))], { kept: 3 });
    expect(log.rows('held.')).toHaveLength(3 + 100);
    log.says(becomesKnown);
    expect(log.moved().slice(0, 100)).toEqual(many.slice(50).map(({ event_id }) => event_id));
  });

  test('no number of topics pushes out the word on a channel as a whole', () => {
    const leaves = (n: number, properties: Told['properties'] & object): Told => ({
      ...{ device: 'd', event_id: `out${n}`, name: 'unsubscribed', occurred_at: T0 - minutes(500 - n) },
      properties,
    });
    const topics = Array.from({ length: 120 }, (_, n) => leaves(n + 1, { list: `l${n}` }));
    const log = given([leaves(0, {}), ...topics, ...visits(3, T0 - minutes(60))], { kept: 3 });
    log.says(becomesKnown);
    expect(log.moved().slice(0, 2)).toEqual(['out0', 'out21']);
  });

  test('a history without lasting words leaves nothing behind', () => {
    const log = given(visits(200, T0 - minutes(600)), { kept: 3 });
    expect(log.rows('held.')).toHaveLength(3);
    expect(log.rows('lasting:')).toEqual([]);
  });

  test('a long history with its last words moves in several decisions, each activity once', () => {
    const running = drive([createIdentifyTopology({ ...IDENTIFY, kept: 5, movesAtOnce: 2 }), ANSWERING], () => 1);
    const many = Array.from({ length: 9 }, (_, n) => said(`t${n}`, T0 - minutes(500 - n), { [`trait${n}`]: n }));
    for (const one of [...many, ...visits(6, T0 - minutes(60)), becomesKnown])
      running.publish(TOPICS.events, event(one), T0);
    const moved = running
      .records(TOPICS.activity)
      .flatMap(({ value }) =>
        (value as ActivityMessage).type === 'MovedOut' ? [value as { value: { event_id: string } }] : [],
      )
      .map(({ value }) => value.event_id);
    expect(moved).toEqual([...many.map(({ event_id }) => event_id), 'v1', 'v2', 'v3', 'v4', 'v5']);
  });
});
