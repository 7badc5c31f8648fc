import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

/** Three activities are held of an identifier, and retries known of the last two that were let go. */
function given(...told: readonly Told[]) {
  const bounds = { kept: 3, known: 2 };
  const options = { ...IDENTIFY, ...bounds };
  const running = drive([createIdentifyTopology(options), ANSWERING], () => 1);
  running.publish(TOPICS.events, submitted(), T0);
  for (const one of told) {
    const now = one.received_at ?? T0;
    running.publish(TOPICS.events, event({ ...one, content_hash: one.content_hash ?? 'same', received_at: now }), now);
  }
  const log = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  return {
    logged: log.flatMap(({ type, value }) => (type === 'Activity' ? [value.event_id] : [])),
    refused: running.records(TOPICS.deadLetters).length,
    table: running.table('identify', 0),
  };
}

/** What a device did, in minutes before now, the events named by their minutes. */
const visits = (...minutes: readonly number[]) =>
  minutes.map((ago): Told => ({ device: 'd', event_id: `${ago}`, occurred_at: T0 - ago * 60_000 }));

test('a retry of what is held is dropped', () => {
  expect(given(...visits(3, 2, 1), ...visits(3, 1, 2)).logged).toEqual(['3', '2', '1']);
});

test('so is one of what was let go last, whether newer events pushed it out or it came too late to be held', () => {
  expect(given(...visits(4, 3, 2, 1), ...visits(4)).logged).toEqual(['4', '3', '2', '1']);
  expect(given(...visits(3, 2, 1, 9), ...visits(9)).logged).toEqual(['3', '2', '1', '9']);
});

test('the same id with other content is refused as long', () => {
  const other = visits(4).map((one): Told => ({ ...one, content_hash: 'other' }));
  expect(given(...visits(4, 3, 2, 1), ...other)).toMatchObject({ refused: 1, logged: ['4', '3', '2', '1'] });
});

test('one of what was let go before that is an activity again, once', () => {
  const retries = [...visits(9), ...visits(9)];
  expect(given(...visits(9, 8, 7, 3, 2, 1), ...retries).logged).toEqual(['9', '8', '7', '3', '2', '1', '9']);
});

test('what comes too late to be held pushes nothing out', () => {
  const known = given(...visits(3, 2, 1, 9), { device: 'd', user: 'ann', event_id: 'known', occurred_at: T0 });
  expect(known.logged).toEqual(['3', '2', '1', '9', '3', '2', '1', 'known']);
});

test('what is known of events is bounded, over all identifiers', () => {
  const many = Array.from({ length: 10 }, (_, n) => visits(n + 1).map((one): Told => ({ ...one, device: 'e' })));
  const { table } = given(
    ...visits(9, 8, 7, 6, 5, 4, 3, 2, 1),
    ...many.flat().map((one, n) => ({ ...one, event_id: `e${n}` })),
  );
  const rows = (prefix: string) => [...table.range(prefix, `${prefix}\u{10ffff}`)].length;
  expect(rows('seen:')).toBe(3 + 3 + 2);
  expect(rows('gone:')).toBe(2 + 1);
});

test('what is over 400 days old is let go as well', () => {
  const old = visits(401 * 24 * 60, 400 * 24 * 60 + 1);
  const later = T0 + DAY;
  const again = old.map((one): Told => ({ ...one, received_at: later }));
  expect(given(...old, ...again).logged).toHaveLength(2);
});
