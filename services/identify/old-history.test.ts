import { describe, expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

/** When what is told last is logged; an activity counts for 400 days. */
const NOW = T0;
const BORDER = NOW - 400 * DAY;

/** Which events moved and who was merged, when all of this was received in turn, one ms after another, and the last one now. */
function given(...told: readonly Told[]) {
  const topology = createIdentifyTopology(IDENTIFY);
  const running = drive([topology, ANSWERING], () => 1);
  running.publish(TOPICS.events, submitted(), 0);
  for (const [i, one] of told.entries()) {
    const now = NOW - (told.length - 1 - i);
    running.publish(TOPICS.events, event({ ...one, received_at: now }), now);
  }
  const log = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  return {
    moved: log.flatMap(({ type, value }) => (type === 'MovedOut' ? [value.event_id] : [])),
    merged: log.filter(({ type }) => type === 'Merged').length,
    done: log.filter(({ type }) => type === 'Activity').length,
  };
}

/** Events that a device did before: none of them is looked through, or all have been. */
const BEFORE = [0, 63, 64, 130];

describe.each(BEFORE)('after %i events of the device, of 400 days ago and older', (before) => {
  const older = Array.from({ length: before }, (_, n): Told => ({ device: 'd', occurred_at: BORDER - 1 - (n % 7) }));

  test('what occurred exactly 400 days ago moves, and what did so a millisecond before stays', () => {
    const { moved, merged } = given(
      ...older,
      { device: 'd', occurred_at: BORDER - 1, event_id: 'too-old' },
      { device: 'd', occurred_at: BORDER, event_id: 'just' },
      { device: 'd', occurred_at: NOW, event_id: 'new' },
      { device: 'd', user: 'ann', occurred_at: NOW },
    );
    expect(moved).toEqual(['just', 'new']);
    expect(merged).toBe(1);
  });

  test('a visitor of whom nothing moves is not merged', () => {
    const visits: Told[] = [...older, { device: 'd', occurred_at: BORDER - 1 }];
    expect(given(...visits, { device: 'd', user: 'ann', occurred_at: NOW })).toMatchObject({ moved: [], merged: 0 });
  });

  test('leads that are joined take along what is not older, and what first and last named an address', () => {
    const mails = older.map((one, n): Told => {
      const event_id = `older-${String(n).padStart(3, '0')}`;
      return { email: 'ann@x.org', occurred_at: one.occurred_at ?? 0, event_id };
    });
    const { moved, merged } = given(
      { user: 'ann', occurred_at: BORDER - 100 },
      ...mails,
      { email: 'ann@x.org', occurred_at: BORDER - 1, event_id: 'too-old' },
      { email: 'ann@x.org', occurred_at: BORDER, event_id: 'just' },
      { user: 'ann', email: 'ann@x.org', occurred_at: NOW },
    );
    expect(moved).toEqual([...(before === 0 ? [] : ['older-006']), 'too-old', 'just']);
    expect(merged).toBe(1);
  });
});
