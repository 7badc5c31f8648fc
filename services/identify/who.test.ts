import { expect, test } from 'vitest';
import { findLead } from '#app/embedded/person';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { event, T0, type Told } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

/** Whose each event is at the end, and what identify knows then. */
function given(...events: readonly Told[]) {
  const running = drive([createIdentifyTopology(IDENTIFY), ANSWERING], () => 1);
  const told = events.map((one, i) => ({ event_id: `e${i}`, occurred_at: T0 + i, ...one }));
  for (const one of told) running.publish(TOPICS.events, event(one), T0 + events.length);
  const log = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  const owners = new Map(
    log.flatMap(({ type, value }) => (type === 'Activity' ? [[value.event_id, value.lead_id]] : [])),
  );
  return { log, owners: told.map(({ event_id }) => owners.get(event_id)), table: running.table('identify', 0) };
}

const visitor = (device: string) => idOf(identifier('anonymous', device, sha256));

test('a userId that is a mail address is that address, however it is written, and the lead is found by it', () => {
  const { owners, table, log } = given(
    { user: 'Ann@X.example' },
    { user: ' ann@x.example ' },
    { name: 'email_opened', email: 'ann@x.example' },
    { user: 'ANN@X.EXAMPLE', device: 'd' },
  );
  const lead = idOf(identifier('email', 'ann@x.example', sha256));
  expect(owners).toEqual([lead, lead, lead, lead]);
  for (const text of ['ann@x.example', 'Ann@X.example']) expect(findLead(text, table, () => true, sha256)).toBe(lead);
  expect(log.flatMap(({ type, value }) => (type === 'Activity' ? [value.personal.email] : []))).toEqual(
    Array(4).fill('ann@x.example'),
  );
});

test('one with another address beside it joins the two, and what the event names is the address beside it', () => {
  const { log, owners } = given({ user: 'ann@x.example', email: 'new@x.example' }, { email: 'new@x.example' });
  expect(owners[0]).toBe(owners[1]);
  const [activity] = log.flatMap(({ type, value }) => (type === 'Activity' ? [value] : []));
  expect(activity?.personal.email).toBe('new@x.example');
  expect(activity?.identifiers).toEqual([
    identifier('email', 'ann@x.example', sha256),
    identifier('email', 'new@x.example', sha256),
  ]);
});

test.each(['ann@crm', 'a@b@c.example', 'ann b@x.example', '@x.example', 'ann@'])(
  'the userId %j is no address',
  (user) => {
    const { log } = given({ user });
    expect(log).toMatchObject([
      { value: { identifiers: [identifier('user', user, sha256)], personal: { email: null } } },
    ]);
  },
);

test('an alias that names the former address as an id joins it, and an unmerge parts it', () => {
  const alias = { name: 'aliased', properties: { previous_id: 'Ann@X.example' } };
  const joined = given({ email: 'ann@x.example' }, { user: 'u' }, { ...alias, user: 'u' });
  expect(new Set(joined.owners).size).toBe(1);
  const parted = given(
    { email: 'ann@x.example' },
    { user: 'u' },
    { ...alias, user: 'u' },
    { ...alias, name: 'unmerged', user: 'u' },
  );
  expect(parted.owners[0]).not.toBe(parted.owners[1]);
});

test('an alias of two devices makes no person, and claims nothing', () => {
  const { owners, log } = given(
    { device: 'd1' },
    { device: 'd2' },
    { name: 'aliased', device: 'd2', properties: { previous_id: 'd1' } },
    { device: 'd1' },
  );
  expect(owners).toEqual([visitor('d1'), visitor('d2'), visitor('d2'), visitor('d1')]);
  expect(log.every(({ type, value }) => type === 'Activity' && !value.known)).toBe(true);
});

test('nor does one of a device and what names nobody', () => {
  const { owners } = given({ name: 'aliased', user: ' null ', device: 'd2', properties: { previous_id: 'd1' } });
  expect(owners).toEqual([visitor('d2')]);
});

test('an alias that names a userId claims the device of that name', () => {
  const { owners } = given({ device: 'd1' }, { name: 'aliased', user: 'ann', properties: { previous_id: 'd1' } });
  expect(owners[0]).toBe(owners[1]);
});
