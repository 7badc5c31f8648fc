import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import type { LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { createNormalise, type Reception } from '#services/collect/normalise';
import { createIdentifyTopology } from '#services/identify/topology';
import { HOUR, T0 } from '#test/given/event';
import { IDENTIFY } from '#test/given/identify';

const normalise = createNormalise(sha256);

const LIVE: Reception = {
  publisher: 'website',
  client: { ip: '198.51.100.7', userAgent: 'Mozilla/5.0 (X11)' },
  importId: null,
  ownTime: false,
  unsaid: T0,
  latest: T0,
  present: T0,
  received: () => T0,
  newId: () => 'none',
};

/** A day later, from a file. */
const IMPORTED: Reception = {
  ...LIVE,
  client: { ip: null, userAgent: null },
  importId: 'i1',
  unsaid: T0 + 24 * HOUR,
  latest: T0 + 24 * HOUR,
  present: T0 + 24 * HOUR,
  received: () => T0 + 24 * HOUR,
};

interface Call {
  readonly [field: string]: unknown;
}

function eventOf(call: Call, reception: Reception): LeadEvent {
  const outcome = normalise(call, reception);
  if (outcome.kind !== 'ok') throw new Error(outcome.detail);
  return outcome.value;
}

/** Ids of the activities, and of the dead letters, that identify makes of these events. */
function settled(events: readonly LeadEvent[]) {
  const topology = createIdentifyTopology(IDENTIFY);
  const running = drive([topology], () => 1);
  for (const value of events) running.publish(TOPICS.events, { type: 'LeadEvent', value }, value.received_at);
  const activities = running.records(TOPICS.activity).flatMap(({ value }) => {
    const message = value as ActivityMessage;
    return message.type === 'Activity' ? [message.value.event_id] : [];
  });
  return { activities, deadLetters: running.records(TOPICS.deadLetters).length };
}

const texts = fc.dictionary(fc.constantFrom('plan', 'name', 'company', 'locale'), fc.oneof(fc.string(), fc.integer()));

const calls: fc.Arbitrary<Call> = fc.record(
  {
    type: fc.constantFrom('track', 'page', 'identify', 'group'),
    event: fc.constantFrom('Trial Started', 'Asked ', 'subscribed'),
    messageId: fc.constantFrom('m1', 'm2'),
    userId: fc.constantFrom('ann', 'ANN@x.example', 7),
    anonymousId: fc.constantFrom('a1', '{{ id }}'),
    properties: texts,
    traits: texts,
    context: fc.record({ locale: fc.constant('de'), traits: texts }, { requiredKeys: [] }),
    timestamp: fc.constantFrom('2025-12-31T10:00:00.000Z', '2025-12-31T10:00:00Z'),
    integrations: fc.constant({ All: true }),
    plan: fc.string(),
  },
  { requiredKeys: ['type', 'event', 'messageId', 'userId'] },
);

/** What an archive has of a call that came over HTTP: more of the transport, and the fields in another order. */
function archived(call: Call, correction: number): Call {
  const receivedAt = new Date(T0 + 1_500).toISOString();
  const said = typeof call.timestamp === 'string' ? Date.parse(call.timestamp) : undefined;
  const times =
    said === undefined
      ? { timestamp: receivedAt }
      : { originalTimestamp: call.timestamp, timestamp: new Date(said + correction).toISOString() };
  const context = { ...(call.context ?? {}), ip: '198.51.100.7', userAgent: 'Mozilla/5.0 (X11)' };
  const fields = {
    ...call,
    ...times,
    context,
    receivedAt,
    sentAt: receivedAt,
    channel: 'client',
    version: 2,
    groupId: call.groupId ?? null,
  };
  return Object.fromEntries(Object.entries({ ...fields, writeKey: 'k', _metadata: { bundled: [] } }).reverse());
}

test('an event counts once, live and in an imported archive of its source, in either order', () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: -5_000, max: 5_000 }), fc.boolean(), (call, correction, isImportedFirst) => {
      const live = eventOf(call, LIVE);
      const copy = eventOf(archived(call, correction), IMPORTED);
      expect(copy.content_hash).toBe(live.content_hash);
      const { activities, deadLetters } = settled(isImportedFirst ? [copy, live] : [live, copy]);
      expect([activities, deadLetters]).toEqual([[call.messageId], 0]);
    }),
    { numRuns: 200 },
  );
});

test('an event of another source with the same id is another event', () => {
  const call = { type: 'track', event: 'Trial Started', messageId: 'm1', userId: 'ann' };
  const others = [eventOf(call, LIVE), eventOf(call, { ...IMPORTED, publisher: 'import' })];
  expect(settled(others).activities).toEqual(['m1', 'm1']);
});
