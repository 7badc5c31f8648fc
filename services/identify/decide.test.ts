import { describe, expect, test } from 'vitest';
import { type Drive, drive } from '#lib/flow/drive';
import { FILES } from '#lib/model/given';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, HOUR, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const topology = createIdentifyTopology({ ...IDENTIFY, partitions: 3, tickEvery: 1000 });

function given(...events: readonly EventMessage[]): Drive {
  const running = drive([topology, ANSWERING], (topic) =>
    topic === TOPICS.activity || topic === TOPICS.joins ? 3 : 1,
  );
  for (const message of events) running.publish(TOPICS.events, message, message.value.received_at);
  return running;
}

/** lead.activity in the order of seq, each record for all once. */
function activityOf(running: Drive): ActivityMessage['value'][] & { readonly types?: never } {
  const bySeq = new Map(
    running
      .records(TOPICS.activity)
      .map(({ value }) => [(value as ActivityMessage).value.seq, (value as ActivityMessage).value]),
  );
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function typesOf(running: Drive): string[] {
  const bySeq = new Map(
    running
      .records(TOPICS.activity)
      .map(({ value }) => [(value as ActivityMessage).value.seq, value as ActivityMessage]),
  );
  return [...bySeq.values()].sort((a, b) => a.value.seq - b.value.seq).map(({ type }) => type);
}

function leadsOf(running: Drive): (string | undefined)[] {
  return activityOf(running).map((value) => ('lead_id' in value ? value.lead_id : undefined));
}

function deadLetters(running: Drive) {
  return running.records(TOPICS.deadLetters).map(({ value }) => (value as DeadLetterMessage).value);
}

describe('numbers and times', () => {
  test('every record has the next seq, and logged time never goes back', () => {
    const running = given(event({ user: 'ann' }), event({ user: 'bob' }));
    running.publish(TOPICS.events, event({ user: 'cyd' }), T0 - HOUR);
    running.tick(T0 + 1);
    const records = activityOf(running);
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(records.map(({ logged_at }) => logged_at)).toEqual([T0, T0, T0, T0 + 1]);
  });

  test('a tick comes once per interval, in every partition, with one seq', () => {
    const running = given();
    for (const ms of [1000, 1500, 1999, 2000]) running.tick(T0 + ms);
    const ticks = running
      .records(TOPICS.activity)
      .map(({ partition, value }) => [partition, (value as ActivityMessage).value.seq]);
    expect(ticks).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
  });

  test('an import with its own time takes logged time from its events, with ticks an hour apart and one at its end', () => {
    const own = { own_time: true, import_id: 'i', user: 'ann' };
    const running = given(
      { type: 'ImportBegun', value: { import_id: 'i', received_at: T0 } },
      event({ ...own, occurred_at: T0 }),
      event({ ...own, occurred_at: T0 + HOUR / 2 }),
      event({ ...own, occurred_at: T0 + 2 * HOUR }),
      { type: 'ImportFinished', value: { import_id: 'i', received_at: T0 + 2 * HOUR, own_time: true } },
    );
    expect(typesOf(running)).toEqual(['Tick', 'Activity', 'Activity', 'Tick', 'Activity', 'Tick']);
    expect(activityOf(running).map(({ logged_at }) => (logged_at - T0) / HOUR)).toEqual([0, 0, 0.5, 2, 2, 2]);
  });

  test('a model is put into every partition, and only if it is not in force already', () => {
    const [a, b] = [submitted(), submitted({ ...FILES, 'scoring.yaml': `${FILES['scoring.yaml']}cap: 100\n` })];
    expect(typesOf(given(a, a, b, a))).toEqual(['ModelApplied', 'ModelApplied', 'ModelApplied']);
  });
});

describe('retries and refusals', () => {
  test("a publisher's retry is dropped, however late", () => {
    const sent = event({ user: 'ann', event_id: 'e1', content_hash: 'same' });
    const running = given(sent, event({ user: 'ann' }), {
      ...sent,
      value: { ...sent.value, received_at: T0 + 100 * DAY },
    } as EventMessage);
    expect(typesOf(running)).toEqual(['Activity', 'Activity']);
    expect(deadLetters(running)).toEqual([]);
  });

  test('the same id from another publisher is another event', () => {
    const running = given(
      event({ user: 'ann', event_id: 'e1' }),
      event({ user: 'ann', event_id: 'e1', publisher: 'other' }),
    );
    expect(typesOf(running)).toEqual(['Activity', 'Activity']);
  });

  test('an id with other content is a dead letter with its reason, and the first stays', () => {
    const running = given(
      event({ user: 'ann', event_id: 'e1', name: 'subscribed' }),
      event({ user: 'ann', event_id: 'e1', name: 'unsubscribed' }),
    );
    expect(typesOf(running)).toEqual(['Activity']);
    expect(deadLetters(running).map(({ reason, event_id, origin }) => [reason, event_id, origin])).toEqual([
      ['conflicting_content', 'e1', 'lead.events 0 1'],
    ]);
  });

  test('an event before 2000, or of nobody, written to the log directly is a dead letter', () => {
    const running = given(event({ user: 'ann', occurred_at: 1 }), event({}));
    expect(deadLetters(running).map(({ reason }) => reason)).toEqual(['before_2000', 'missing_field']);
    expect(typesOf(running)).toEqual([]);
  });
});

describe('who it is', () => {
  test('userId and email named together are one lead from then on', () => {
    const [both, byEmail, byUser] = leadsOf(
      given(event({ user: 'ann', email: 'a@x.org' }), event({ email: 'a@x.org' }), event({ user: 'ann' })),
    );
    expect(byEmail).toBe(both);
    expect(byUser).toBe(both);
  });

  test('an anonymous device is a visitor, not a lead', () => {
    const [value] = activityOf(given(event({ device: 'd1' })));
    expect(value).toMatchObject({ known: false });
  });

  test("a visitor's history follows when they become known: pairs, then the merge, then the event itself", () => {
    const running = given(
      event({ device: 'd1', event_id: 'v1', occurred_at: T0 }),
      event({ device: 'd1', event_id: 'v2', occurred_at: T0 + 1 }),
      event({ device: 'd1', user: 'ann', event_id: 'known', occurred_at: T0 + 2 }),
    );
    expect(typesOf(running)).toEqual([
      'Activity',
      'Activity',
      'MovedOut',
      'Activity',
      'MovedOut',
      'Activity',
      'Merged',
      'Activity',
    ]);
    const records = activityOf(running);
    const lead = records.at(-1);
    expect(records[3]).toMatchObject({
      event_id: 'v1',
      cause: 'move',
      known: true,
      occurred_at: T0,
      received_at: T0,
      logged_at: T0 + 2,
      lead_id: lead !== undefined && 'lead_id' in lead ? lead.lead_id : '',
    });
    expect(lead).toMatchObject({ event_id: 'known', cause: 'live' });
  });

  test('what the device does afterwards is the lead’s, also what it did before and reports late', () => {
    const running = given(
      event({ device: 'd1', user: 'ann', occurred_at: T0 + DAY }),
      event({ device: 'd1', occurred_at: T0 + 2 * DAY }),
      event({ device: 'd1', occurred_at: T0, received_at: T0 + 3 * DAY }),
    );
    expect(new Set(leadsOf(running)).size).toBe(1);
    expect(activityOf(running).map((value) => 'cause' in value && value.cause)).toEqual(['live', 'live', 'historic']);
  });

  test('what moves says the same as before, but for its owner, its cause and its place in the log', () => {
    const view = event({
      device: 'd1',
      url: 'https://x.org/a?b',
      path: '/a',
      referrer: 'https://y.org',
      title: 'A',
      source: 'y.org',
      medium: 'm',
      campaign: 'c',
      clamped: true,
      properties: { depth: 3 },
      context: '{"locale":"en"}',
    });
    const [before, , after] = activityOf(given(view, event({ device: 'd1', user: 'ann', occurred_at: T0 + 1 })));
    const settled = { seq: 3, logged_at: T0 + 1, input_offset: 1, known: true, cause: 'move' };
    expect(after).toEqual({
      ...before,
      ...settled,
      lead_id: expect.not.stringMatching(`^${leadsOf(given(view))[0]}$`),
    });
  });

  test('activities of a device at one moment all move', () => {
    const views = ['v1', 'v2', 'v3'].map((event_id) => event({ device: 'd1', event_id }));
    const sameId = event({ device: 'd1', event_id: 'v1', publisher: 'other' });
    const running = given(...views, sameId, event({ device: 'd1', user: 'ann', occurred_at: T0 + 1 }));
    const moved = activityOf(running).flatMap((value) =>
      'cause' in value && value.cause === 'move' ? [`${value.publisher} ${value.event_id}`] : [],
    );
    expect(moved.toSorted()).toEqual(['other v1', 'test v1', 'test v2', 'test v3']);
  });

  test('a device that nobody used before its first identify leaves no visitor behind', () => {
    expect(typesOf(given(event({ device: 'd1', user: 'ann' })))).toEqual(['Activity']);
  });

  test('on a shared device each moment belongs to the last who identified at or before it', () => {
    const running = given(
      event({ device: 'd1', user: 'ann', occurred_at: T0 }),
      event({ device: 'd1', user: 'bob', occurred_at: T0 + 10 }),
      event({ device: 'd1', event_id: 'to-ann', occurred_at: T0 + 5 }),
      event({ device: 'd1', event_id: 'to-bob', occurred_at: T0 + 15 }),
    );
    const [ann, bob, first, second] = leadsOf(running);
    expect([first, second]).toEqual([ann, bob]);
  });

  test('an identify that comes late takes over the activities of its time, and nothing else', () => {
    const running = given(
      event({ device: 'd1', user: 'ann', occurred_at: T0 }),
      event({ device: 'd1', event_id: 'x', occurred_at: T0 + 5 }),
      event({ device: 'd1', event_id: 'y', occurred_at: T0 + 15 }),
      event({ device: 'd1', user: 'bob', occurred_at: T0 + 10, received_at: T0 + 20 }),
    );
    const moved = activityOf(running).flatMap((value) =>
      'cause' in value && value.cause === 'move' ? [value.event_id] : [],
    );
    expect(moved).toEqual(['y']);
  });

  test('a history of thousands moves in several decisions, each activity once', () => {
    const views = Array.from({ length: 2500 }, (_, i) =>
      event({ device: 'd1', event_id: `v${i}`, occurred_at: T0 + i }),
    );
    const running = given(...views, event({ device: 'd1', user: 'ann', occurred_at: T0 + 9999 }));
    const moved = activityOf(running).flatMap((value) =>
      'cause' in value && value.cause === 'move' ? [value.event_id] : [],
    );
    expect(moved).toHaveLength(2500);
    expect(new Set(moved).size).toBe(2500);
    expect(typesOf(running).at(-2)).toBe('Merged');
  });
});
