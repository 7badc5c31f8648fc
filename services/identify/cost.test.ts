import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, HOUR, T0, type Told } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

const spent = (over: Told = {}): Told => ({
  name: 'cost_recorded',
  event_id: 'c1',
  content_hash: 'same',
  properties: { amount: 120.5, currency: 'EUR', source: 'google', medium: 'cpc', campaign: 'spring' },
  ...over,
});

/** lead.activity of two partitions. */
function given(events: readonly (Told | EventMessage)[], options = {}) {
  const running = drive([createIdentifyTopology({ ...IDENTIFY, partitions: 2, ...options }), ANSWERING], (topic) =>
    topic === TOPICS.activity || topic === TOPICS.joins ? 2 : 1,
  );
  for (const one of events) {
    if ('type' in one) running.publish(TOPICS.events, one, T0);
    else running.publish(TOPICS.events, event(one), one.received_at ?? T0);
  }
  const inPartition = (partition: number) =>
    running
      .records(TOPICS.activity)
      .filter((record) => record.partition === partition)
      .map(({ value }) => value as ActivityMessage);
  return {
    partitions: [inPartition(0), inPartition(1)] as const,
    letters: running.records(TOPICS.deadLetters).map(({ value }) => (value as DeadLetterMessage).value),
    table: running.table('identify', 0),
  };
}

test('a cost needs nobody: it is in every partition with one seq, and makes no visitor', () => {
  const { partitions, letters } = given([spent()]);
  expect(letters).toEqual([]);
  for (const records of partitions) {
    expect(records).toMatchObject([
      {
        type: 'Cost',
        value: {
          ...{ seq: 1, logged_at: T0, event_id: 'c1', publisher: 'test', occurred_at: T0, input_offset: 0 },
          ...{ amount: 120.5, currency: 'EUR', source: 'google', medium: 'cpc', campaign: 'spring' },
        },
      },
    ]);
  }
});

test('one that names somebody is nobody’s as well', () => {
  const { partitions } = given([spent({ user: 'ann', email: 'ann@x.org', device: 'd' })]);
  expect(partitions.map((records) => records.map(({ type }) => type))).toEqual([['Cost'], ['Cost']]);
});

test('what the event says of its campaign comes before its properties, and what it does not say is not known', () => {
  const [[told], [bare]] = [
    given([spent({ campaign: 'autumn', source: 'bing' })]).partitions[0],
    given([spent({ properties: { amount: 1 } })]).partitions[0],
  ];
  expect(told?.value).toMatchObject({ campaign: 'autumn', source: 'bing', medium: 'cpc' });
  expect(bare?.value).toMatchObject({ amount: 1, currency: '', source: null, medium: null, campaign: null });
});

test('a retry counts once; the same id with other content is refused, of another publisher it is another cost', () => {
  const { partitions, letters } = given([
    spent(),
    spent({ received_at: T0 + 100 * DAY }),
    spent({ content_hash: 'other' }),
    spent({ publisher: 'other' }),
  ]);
  expect(partitions[0].map(({ type }) => type)).toEqual(['Cost', 'Cost']);
  expect(letters.map(({ reason }) => reason)).toEqual(['conflicting_content']);
});

test.each([
  [{}, 'missing_field'],
  [{ amount: null }, 'missing_field'],
  [{ amount: '12' }, 'mistyped_field'],
])('one of %o is refused', (properties, reason) => {
  const { partitions, letters } = given([spent({ properties })]);
  expect(letters).toMatchObject([{ reason, event_id: 'c1' }]);
  expect(partitions[0]).toEqual([]);
});

test('one with an impossible time is refused, one of the future clamped', () => {
  const { partitions, letters } = given([
    spent({ occurred_at: 1 }),
    spent({ occurred_at: T0 + HOUR, received_at: T0 }),
  ]);
  expect(letters.map(({ reason }) => reason)).toEqual(['before_2000']);
  expect(partitions[0]).toMatchObject([{ value: { occurred_at: T0 } }]);
});

test('in an import that brings its own time, so does a cost', () => {
  const { partitions } = given([
    { type: 'ImportBegun', value: { import_id: 'i', received_at: T0 - DAY } },
    spent({ occurred_at: T0 - DAY, received_at: T0 - DAY, own_time: true, import_id: 'i' }),
  ]);
  expect(partitions[1]).toMatchObject([{ type: 'Tick' }, { type: 'Cost', value: { logged_at: T0 - DAY } }]);
});

test('what is known of costs is bounded', () => {
  const many = Array.from({ length: 20 }, (_, n) => spent({ event_id: `c${n}`, occurred_at: T0 + n }));
  const { table } = given(many, { kept: 3, known: 2 });
  const rows = (prefix: string) => [...table.range(prefix, `${prefix}\u{10ffff}`)].length;
  expect([rows('held.cost:'), rows('seen:')]).toEqual([3, 3 + 2]);
});
