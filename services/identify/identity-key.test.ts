import { expect, test } from 'vitest';
import { findLead } from '#app/embedded/person';
import { drive } from '#lib/flow/drive';
import { identityHash } from '#lib/hash/keyed';
import type { IdentityHash } from '#lib/identity/identity-hash';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const KEY = identityHash('s3cret');
const ANN = event({ user: 'ann', email: 'ann@x.org', device: 'd' });

function given(identity: IdentityHash, ...events: readonly EventMessage[]) {
  const topology = createIdentifyTopology({ ...IDENTIFY, partitions: 2, identity });
  const running = drive([topology, ANSWERING], (topic) =>
    topic === TOPICS.activity || topic === TOPICS.joins ? 2 : 1,
  );
  for (const message of events) running.publish(TOPICS.events, message, T0);
  return running;
}

/** The records of each partition: what they are, and what key they name. */
function namedIn(running: ReturnType<typeof given>) {
  return [0, 1].map((partition) =>
    running
      .records(TOPICS.activity)
      .filter((record) => record.partition === partition)
      .map(({ value }) => {
        const message = value as ActivityMessage;
        return [message.type, 'identity_key' in message.value ? message.value.identity_key : null];
      }),
  );
}

function identifiersIn(running: ReturnType<typeof given>): readonly string[] {
  return running.records(TOPICS.activity).flatMap(({ value }) => {
    const message = value as ActivityMessage;
    return message.type === 'Activity' ? message.value.identifiers : [];
  });
}

test('the first record names the key in every partition, no other does, whichever comes first', () => {
  const byModel = given(KEY, submitted(), ANN);
  byModel.tick(T0 + DAY);
  for (const records of namedIn(byModel)) {
    expect(records[0]).toEqual(['ModelApplied', KEY.key]);
    expect(records.slice(1).every(([, key]) => key === null)).toBe(true);
  }
  for (const records of namedIn(given(KEY, ANN, submitted()))) {
    expect(records[0]).toEqual(['Tick', KEY.key]);
    expect(records.slice(1).every(([, key]) => key === null)).toBe(true);
  }
  const byTime = given(KEY);
  byTime.tick(T0 + DAY);
  expect(namedIn(byTime)).toEqual(Array(2).fill([['Tick', KEY.key]]));
});

test('without a key the first record names none, and an activity may be the first', () => {
  expect(namedIn(given(identityHash(''), event({ device: 'd' }))).flat()).toEqual([['Activity', null]]);
});

test('identifiers and ids are others with another key, and people are found by the own one alone', () => {
  const [one, other] = [KEY, identityHash('')].map((identity) => given(identity, submitted(), ANN));
  if (one === undefined || other === undefined) throw new Error('two runs');
  const [mine, theirs] = [identifiersIn(one), identifiersIn(other)];
  expect([mine.length, mine.filter((identifier) => theirs.includes(identifier))]).toEqual([3, []]);
  const find = (name: string, { hash }: IdentityHash) => findLead(name, one.table('identify', 0), () => true, hash);
  const lead = find('ann', KEY);
  expect(mine[0]).toBe(`user.${lead}`);
  expect([find('ann@x.org', KEY), find(lead ?? '', KEY)]).toEqual([lead, lead]);
  expect(find('ann', identityHash(''))).toBe('ann');
});

test.each([
  ['another key', identityHash('other'), 'and the one given has'],
  ['no key', identityHash(''), 'and none is given'],
])('who goes on with %s decides nothing, and says so', (_, identity, said) => {
  const table = given(KEY, submitted(), ANN).table('identify', 0);
  const { decider } = createIdentifyTopology({ ...IDENTIFY, identity });
  const input = { topic: TOPICS.events, partition: 0, offset: 2, key: null, value: event({ user: 'bob' }) };
  expect(() => decider.decide(table, input, T0)).toThrow(said);
  expect(() => decider.tick?.(table, T0 + DAY)).toThrow(said);
});
