import { describe, expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import type { Activity, Merged } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const lead = (kind: 'user' | 'email' | 'anonymous', value: string) => idOf(identifier(kind, value, sha256));

/** lead.activity of these events in the order of seq, without its beginning. */
function given(told: readonly Told[], options: { readonly movesAtOnce?: number; readonly kept?: number } = {}) {
  const topology = createIdentifyTopology({ ...IDENTIFY, ...options });
  const running = drive([topology, ANSWERING], () => 1);
  running.publish(TOPICS.events, submitted(), T0);
  for (const [i, one] of told.entries()) running.publish(TOPICS.events, event({ event_id: `e${i}`, ...one }), T0 + i);
  return running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
}

/** Whose each event is at the end. */
function owners(log: readonly ActivityMessage[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { type, value } of log) if (type === 'Activity') found[value.event_id] = value.lead_id;
  return found;
}

function of<Type extends ActivityMessage['type']>(log: readonly ActivityMessage[], type: Type) {
  return log.flatMap((message) => (message.type === type ? [message.value] : [])) as Extract<
    ActivityMessage,
    { type: Type }
  >['value'][];
}

const at = (minutes: number) => T0 - DAY / 2 + minutes * 60_000;

describe('leads that an event names together', () => {
  test('are one from then on, under the id that was given first, and what they did moves', () => {
    const log = given([
      { email: 'ann@x.org', occurred_at: at(2) },
      { user: 'ann', occurred_at: at(1) },
      { user: 'ann', email: 'ann@x.org', occurred_at: at(3) },
    ]);
    const joined = lead('email', 'ann@x.org');
    expect(owners(log)).toEqual({ e0: joined, e1: joined, e2: joined });
    expect(of(log, 'MovedOut').map(({ event_id, lead_id }) => [event_id, lead_id])).toEqual([
      ['e1', lead('user', 'ann')],
    ]);
    expect(of(log, 'Merged').map(({ lead_id, into_lead_id }): Partial<Merged> => ({ lead_id, into_lead_id }))).toEqual([
      { lead_id: lead('user', 'ann'), into_lead_id: joined },
    ]);
    expect(log.at(-1)).toMatchObject({ type: 'Activity', value: { event_id: 'e2', cause: 'live' } });
  });

  test('take along what was done on all their devices', () => {
    const log = given([
      { device: 'phone', occurred_at: at(0) },
      { user: 'ann', device: 'phone', occurred_at: at(1) },
      { device: 'laptop', occurred_at: at(2) },
      { email: 'ann@x.org', device: 'laptop', occurred_at: at(3) },
      { user: 'ann', email: 'ann@x.org', occurred_at: at(4) },
    ]);
    expect(new Set(Object.values(owners(log)))).toEqual(new Set([lead('user', 'ann')]));
  });

  test('come apart again where an unmerge says so, each with its own', () => {
    const log = given([
      { user: 'ann', occurred_at: at(1) },
      { email: 'bob@x.org', occurred_at: at(2) },
      { user: 'ann', email: 'bob@x.org', occurred_at: at(3) },
      { name: 'unmerged', user: 'ann', email: 'bob@x.org', occurred_at: at(4) },
      { email: 'bob@x.org', occurred_at: at(5) },
    ]);
    const [ann, bob] = [lead('user', 'ann'), lead('email', 'bob@x.org')];
    expect(owners(log)).toEqual({ e0: ann, e1: bob, e2: ann, e3: ann, e4: bob });
  });

  test('a late event of before that names one of them alone renames nobody', () => {
    const log = given([
      { user: 'ann', email: 'ann@x.org', occurred_at: at(2) },
      { email: 'ann@x.org', occurred_at: at(1) },
    ]);
    expect(new Set(Object.values(owners(log)))).toEqual(new Set([lead('user', 'ann')]));
    expect(of(log, 'MovedOut')).toEqual([]);
  });

  test('an alias joins the id before, and the device if it was one', () => {
    const log = given([
      { user: 'old', occurred_at: at(1) },
      { device: 'old', occurred_at: at(1) },
      { name: 'aliased', user: 'ann', properties: { previous_id: 'old' }, occurred_at: at(2) },
    ]);
    expect(new Set(Object.values(owners(log)))).toEqual(new Set([lead('user', 'old')]));
  });
});

describe('ids that are nobody’s', () => {
  test('an address that more than 20 users share joins none of them', () => {
    const users = Array.from({ length: 21 }, (_, i) => ({ user: `u${i}`, email: 'info@x.org', occurred_at: at(i) }));
    expect(new Set(Object.values(owners(given(users.slice(0, 20))))).size).toBe(1);
    expect(new Set(Object.values(owners(given(users)))).size).toBe(21);
  });

  test('forbidden ids name nobody, also when a publisher wrote them to the log itself', () => {
    const log = given([
      { user: ' undefined', device: 'd', occurred_at: at(1) },
      { user: 'NULL', device: 'e', occurred_at: at(2) },
      { user: '[object Object]', occurred_at: at(3) },
    ]);
    expect(owners(log)).toEqual({ e0: lead('anonymous', 'd'), e1: lead('anonymous', 'e') });
  });
});

describe('long histories', () => {
  test('move in several decisions, and end in the same', () => {
    const told: Told[] = [
      ...Array.from({ length: 10 }, (_, i) => ({ device: 'd', occurred_at: at(i) })),
      { email: 'a@x.org', occurred_at: at(0) },
      { user: 'ann', device: 'd', occurred_at: at(20) },
      { user: 'ann', email: 'a@x.org', occurred_at: at(21) },
    ];
    const strip = (log: readonly ActivityMessage[]) => of(log, 'Activity').map((one): Partial<Activity> => one);
    expect(strip(given(told, { movesAtOnce: 3 }))).toEqual(strip(given(told)));
  });

  test('hold the newest of an identifier; older ones stay where they are', () => {
    const told: Told[] = [
      ...[3, 1, 2, 4].map((minutes) => ({ device: 'd', occurred_at: at(minutes) })),
      { user: 'ann', device: 'd', occurred_at: at(9) },
    ];
    const moved = of(given(told, { kept: 2 }), 'MovedOut').map(({ event_id }) => event_id);
    expect(moved).toEqual(['e0', 'e3']);
  });
});

describe('a lead ends when its last userId or email leaves it', () => {
  const hub = 'hub';
  const crowd = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      user: hub,
      email: `p${from + i}@x.org`,
      occurred_at: at(10 + from + i),
    }));

  test('and not when it has nothing left that was done: it keeps its id, and what was decided about it', () => {
    // all that was done names the hub first; the id of its lead stays with the address that was named first
    const log = given([...crowd(0, 21), { email: 'p0@x.org', occurred_at: at(60) }]);
    const id = lead('user', hub);
    expect(owners(log).e0).not.toBe(id);
    expect(owners(log).e21).toBe(id);
    expect(of(log, 'Merged').map(({ lead_id }) => lead_id)).not.toContain(id);
    expect(of(log, 'JoinOpened').filter(({ from_lead_id, ends }) => from_lead_id === id && ends)).toEqual([]);
  });

  test('whether anything was ever done under its id, and again each time it has come back', () => {
    const [ann, bob] = [
      { user: 'ann', email: 'a@x.org' },
      { user: 'bob', email: 'a@x.org' },
    ];
    const log = given([
      { ...ann, occurred_at: at(1) },
      { user: 'bob', occurred_at: at(2) },
      // the address gets an id of its own, under which nothing is done
      { ...ann, name: 'unmerged', occurred_at: at(3) },
      { ...bob, occurred_at: at(4) },
      { ...bob, name: 'unmerged', occurred_at: at(5) },
      { ...bob, occurred_at: at(6) },
    ]);
    const address = lead('email', 'a@x.org');
    const said = of(log, 'Merged').filter(({ lead_id }) => lead_id === address);
    expect(said.map(({ into_lead_id }) => into_lead_id)).toEqual([lead('user', 'bob'), lead('user', 'bob')]);
  });
});

test('a lead that loses somebody and goes on is told when the other knows, one that ends is not', () => {
  const log = given([
    { user: 'ann', occurred_at: at(1) },
    { email: 'a@x.org', occurred_at: at(2) },
    { user: 'ann', email: 'a@x.org', occurred_at: at(3) },
    { user: 'ann', email: 'a@x.org', name: 'unmerged', occurred_at: at(4) },
  ]);
  const [ann, address] = [lead('user', 'ann'), lead('email', 'a@x.org')];
  expect(of(log, 'JoinClosed').map(({ lead_id, from_lead_id, ends }) => [lead_id, from_lead_id, ends])).toEqual([
    [ann, address, true],
    [ann, ann, false],
    [address, ann, false],
  ]);
});
