import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

const mail = (address: string) => identifier('email', address, sha256);
const ann = idOf(identifier('user', 'ann', sha256));
const lead = (address: string) => idOf(mail(address));
const at = (minutes: number) => T0 - DAY / 2 + minutes * 60_000;

/** What leads are told, as [record, lead, addresses, event], and where the events themselves come. */
function told(events: readonly Told[], options = {}) {
  const running = drive([createIdentifyTopology({ ...IDENTIFY, ...options }), ANSWERING], () => 1);
  for (const [i, one] of events.entries()) running.publish(TOPICS.events, event({ event_id: `e${i}`, ...one }), T0 + i);
  const log = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  return {
    log,
    changes: log.flatMap(({ type, value }) =>
      type === 'AddressesChanged' ? [[value.cause_event_id, value.lead_id, ...value.addresses]] : [],
    ),
  };
}

test('a lead is told its first address right before the event that names it, in its own partition and next in seq', () => {
  const running = drive([createIdentifyTopology({ ...IDENTIFY, partitions: 4 }), ANSWERING], (topic) =>
    topic === TOPICS.activity || topic === TOPICS.joins ? 4 : 1,
  );
  running.publish(TOPICS.events, event({ user: 'ann', email: 'ann@x.org', event_id: 'e' }), T0);
  const records = running.records(TOPICS.activity);
  expect(records).toMatchObject([
    { key: ann, value: { type: 'AddressesChanged', value: { seq: 1, addresses: [mail('ann@x.org')] } } },
    { key: ann, value: { type: 'Activity', value: { seq: 2, event_id: 'e' } } },
  ]);
  expect(records[0]?.partition).toBe(records[1]?.partition);
});

test('visitors have no addresses, and what names nobody new tells nothing', () => {
  const { changes } = told([
    { device: 'd' },
    { user: 'ann' },
    { user: 'ann', email: 'ann@x.org' },
    { user: 'ann', email: 'ANN@x.org' },
    { email: 'ann@x.org', device: 'd' },
  ]);
  expect(changes).toEqual([['e2', ann, mail('ann@x.org')]]);
});

test('leads that are joined: the one that stays is told all addresses, in order, the other nothing', () => {
  const { log, changes } = told([
    { user: 'ann', email: 'one@x.org', occurred_at: at(1) },
    { email: 'two@x.org', occurred_at: at(2) },
    { user: 'ann', email: 'two@x.org', occurred_at: at(3) },
  ]);
  const both = [mail('one@x.org'), mail('two@x.org')].sort();
  expect(changes.at(-1)).toEqual(['e2', ann, ...both]);
  expect(changes).toHaveLength(3);
  expect(log.slice(-5).map(({ type }) => type)).toEqual([
    'Activity',
    'Merged',
    'AddressesChanged',
    'JoinClosed',
    'Activity',
  ]);
});

test('an address that an unmerge takes away is told to both: it is no longer hers, and it is the other one’s', () => {
  const { changes } = told([
    { user: 'ann', occurred_at: at(0) },
    { email: 'bob@x.org', occurred_at: at(1) },
    { user: 'ann', email: 'bob@x.org', occurred_at: at(2) },
    { name: 'unmerged', user: 'ann', email: 'bob@x.org', occurred_at: at(3) },
  ]);
  const bob = lead('bob@x.org');
  expect(changes.filter(([cause]) => cause === 'e3').toSorted()).toEqual(
    [
      ['e3', ann],
      ['e3', bob, mail('bob@x.org')],
    ].toSorted(),
  );
});

test('a lead that has done nothing is told its address with the first thing that it does', () => {
  const { changes } = told([
    { user: 'ann', email: 'bob@x.org', occurred_at: at(1) },
    { name: 'unmerged', user: 'ann', email: 'bob@x.org', occurred_at: at(2) },
    { user: 'ann', occurred_at: at(3) },
    { email: 'bob@x.org', occurred_at: at(4) },
  ]);
  expect(changes).toEqual([
    ['e0', ann, mail('bob@x.org')],
    ['e1', ann],
    ['e3', lead('bob@x.org'), mail('bob@x.org')],
  ]);
});

test('a lead that ended and comes back is told its addresses anew', () => {
  const { changes } = told([
    { user: 'ann', occurred_at: at(0) },
    { email: 'bob@x.org', occurred_at: at(1) },
    { user: 'ann', email: 'bob@x.org', occurred_at: at(2) },
    { name: 'unmerged', user: 'ann', email: 'bob@x.org', occurred_at: at(3) },
  ]);
  const bob = lead('bob@x.org');
  expect(changes.filter(([, whose]) => whose === bob)).toEqual([
    ['e1', bob, mail('bob@x.org')],
    ['e3', bob, mail('bob@x.org')],
  ]);
});

test('an address that too many share is nobody’s but its own: all of them are told', () => {
  const users = Array.from(
    { length: 21 },
    (_, n): Told => ({ user: `u${n}`, email: 'info@x.org', occurred_at: at(n) }),
  );
  const { changes } = told(users);
  const first = idOf(identifier('user', 'u0', sha256));
  expect(changes.filter(([cause]) => cause === 'e0')).toEqual([['e0', first, mail('info@x.org')]]);
  expect(changes.filter(([cause]) => cause === 'e20')).toEqual([['e20', first]]);
});

test('when a long history moves in several decisions, addresses are told once, after all of it', () => {
  const mails = Array.from({ length: 7 }, (_, n): Told => ({ email: 'bob@x.org', occurred_at: at(10 + n) }));
  const { log } = told([{ user: 'ann', occurred_at: at(0) }, ...mails, { user: 'ann', email: 'bob@x.org' }], {
    movesAtOnce: 2,
  });
  expect(log.slice(-4).map(({ type }) => type)).toEqual(['Merged', 'AddressesChanged', 'JoinClosed', 'Activity']);
  expect(log.filter(({ type }) => type === 'AddressesChanged')).toHaveLength(2);
});
