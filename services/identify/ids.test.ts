import { expect, test } from 'vitest';
import { findLead } from '#app/embedded/person';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { replay } from '#test/given/batch/replay';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

const OFFICE = 'office@x.org';
const lead = (kind: 'user' | 'email', value: string) => idOf(identifier(kind, value, sha256));
const office = lead('email', OFFICE);
const user = (n: number) => lead('user', `u${n}`);

/** What identify makes of events in the order in which they are logged, all of one day unless told. */
function given(...told: readonly Told[]) {
  const running = drive([createIdentifyTopology(IDENTIFY), ANSWERING], () => 1);
  let n = 0;
  const hears = (...more: readonly Told[]) => {
    for (const one of more) {
      n += 1;
      running.publish(TOPICS.events, event({ event_id: `e${n}`, occurred_at: T0 + n, ...one }), T0 + DAY / 2);
    }
  };
  hears(...told);
  return {
    hears,
    log: () => running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage),
    /** The lead that a userId, an address or any id of a lead leads to. */
    find: (reference: string) =>
      findLead(reference, running.table('identify', 0), (id) => living(running).has(id), sha256),
  };
}

/** Who has activities. */
function living(running: ReturnType<typeof drive>): ReadonlySet<string> {
  const log = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  return new Set(replay(log).owners.values());
}

const meet = (n: number): Told => ({ user: `u${n}`, email: OFFICE });
const people = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => meet(from + i));
const unmerge = (name: string, email: string): Told => ({ name: 'unmerged', user: name, email });

test('an id is given for the userId or address that is logged first, whenever the others were named', () => {
  const { find } = given(
    { email: 'ann@x.org', occurred_at: T0 },
    { user: 'ann', email: 'ann@x.org', occurred_at: T0 - DAY },
    { user: 'ann', occurred_at: T0 - 2 * DAY },
  );
  expect([find('ann'), find('ann@x.org')]).toEqual(Array(2).fill(lead('email', 'ann@x.org')));
});

test('of both in one event it is given for the userId', () => {
  const { find } = given({ user: 'ann', email: 'ann@x.org' });
  expect(find('ann@x.org')).toBe(lead('user', 'ann'));
});

test('of two leads that become one the older id survives, and both are found by either', () => {
  const { find } = given({ user: 'ann' }, { email: 'ann@x.org' }, { user: 'ann', email: 'ann@x.org' });
  for (const id of [lead('user', 'ann'), lead('email', 'ann@x.org')]) expect(find(id)).toBe(lead('user', 'ann'));
});

test('who is parted takes back the id from before, and it is as old as it was', () => {
  const [ann, address] = [lead('user', 'ann'), lead('email', 'ann@x.org')];
  const { find, hears } = given(
    { email: 'ann@x.org' },
    { user: 'ann' },
    { user: 'cyd' },
    { user: 'ann', email: 'ann@x.org' },
  );
  expect(find('ann')).toBe(address);
  hears(unmerge('ann', 'ann@x.org'), { user: 'ann' });
  expect([find('ann'), find('ann@x.org'), find(ann)]).toEqual([ann, address, ann]);
  hears({ name: 'aliased', user: 'cyd', properties: { previous_id: 'ann' } });
  expect([find('cyd'), find(lead('user', 'cyd'))]).toEqual([ann, ann]);
});

test('who never had an id of their own gets a new one, which is younger than all before', () => {
  const { find, hears } = given({ user: 'ann', email: 'bob@x.org' }, { user: 'cyd' });
  hears(unmerge('ann', 'bob@x.org'), { email: 'bob@x.org' });
  expect([find('ann'), find('bob@x.org')]).toEqual([lead('user', 'ann'), lead('email', 'bob@x.org')]);
  hears({ user: 'cyd', email: 'bob@x.org' });
  expect(find('bob@x.org')).toBe(lead('user', 'cyd'));
});

test('an address that becomes shared leaves its id to the one who was named next, and gets another', () => {
  const { find, hears, log } = given({ email: OFFICE }, ...people(1, 20));
  expect(find('u20')).toBe(office);
  hears(...people(21, 21), { email: OFFICE });
  expect([find('u1'), find('u2'), find('u21')]).toEqual([office, user(2), user(21)]);
  const own = find(OFFICE) ?? '';
  expect([office, ...people(1, 21).map((_, i) => user(i + 1))]).not.toContain(own);
  expect([find(own), find(office)]).toEqual([own, office]);
  expect(replay(log()).faults).toEqual([]);
});

test('an id that was left to others leads to them, wherever they go, and is not taken back', () => {
  const { find, hears } = given({ user: 'old' }, { email: OFFICE }, ...people(1, 21), { email: OFFICE });
  const own = find(OFFICE);
  hears({ name: 'aliased', user: 'old', properties: { previous_id: 'u1' } });
  expect([find('u1'), find(office), find(OFFICE)]).toEqual([lead('user', 'old'), lead('user', 'old'), own]);
  hears({ name: 'unmerged', user: 'old', properties: { previous_id: 'u1' } }, { user: 'u1' });
  expect([find('u1'), find(office)]).toEqual([office, office]);
});

test('a shared address that no longer is joins them again under the oldest id, and leaves with its own', () => {
  const { find, hears } = given({ email: OFFICE }, ...people(1, 21), { email: OFFICE });
  const own = find(OFFICE);
  hears(unmerge('u21', OFFICE), { user: 'u21' });
  expect(new Set([OFFICE, 'u1', 'u20', own ?? '', user(2)].map(find))).toEqual(new Set([office]));
  expect(find('u21')).toBe(user(21));
  hears(...people(22, 22), { email: OFFICE });
  expect([find('u1'), find('u2'), find(OFFICE)]).toEqual([office, user(2), own]);
});

test('where the userId that an id was given for is not the one that becomes shared, it keeps the id', () => {
  const { find, hears } = given(...people(1, 20));
  expect(find(OFFICE)).toBe(user(1));
  hears(...people(21, 21), { email: OFFICE });
  expect([find('u1'), find('u2'), find(OFFICE)]).toEqual([user(1), user(2), office]);
});
