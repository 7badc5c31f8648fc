import { describe, expect, test } from 'vitest';
import { type Drive, drive } from '#lib/flow/drive';
import { FILES } from '#lib/model/given';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { clockOf } from '#services/identify/state';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, HOUR, T0, type Told } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const YEAR_3000 = Date.UTC(3000, 0, 1);
const MINUTE = 60_000;

/** Records with the time at which identify reads each. */
function given(...read: readonly (readonly [now: number, message: EventMessage])[]): Drive {
  const running = drive([createIdentifyTopology(IDENTIFY), ANSWERING], () => 1);
  for (const [now, message] of read) running.publish(TOPICS.events, message, now);
  return running;
}

function logOf(running: Drive): readonly ActivityMessage[] {
  return running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
}

function activitiesOf(running: Drive) {
  return logOf(running).flatMap(({ type, value }) => (type === 'Activity' ? [value] : []));
}

function lettersOf(running: Drive) {
  return running.records(TOPICS.deadLetters).map(({ value }) => (value as DeadLetterMessage).value);
}

const own = { own_time: true, import_id: 'i' };

function begun(received_at: number, import_id = 'i'): EventMessage {
  return { type: 'ImportBegun', value: { import_id, received_at } };
}

function finished(received_at: number, import_id = 'i', own_time = true): EventMessage {
  return { type: 'ImportFinished', value: { import_id, received_at, own_time } };
}

/** An import's own model. */
function imported(received_at: number): EventMessage {
  const one = submitted(FILES, received_at);
  if (one.type !== 'ModelSubmitted') throw new Error('no model');
  return { type: 'ModelSubmitted', value: { ...one.value, ...own } };
}

/** What was logged, each with its time since T0, ms. */
function timesOf(running: Drive): readonly (readonly [type: string, since: number])[] {
  return logOf(running).map(({ type, value }) => [type, value.logged_at - T0]);
}

describe('logged time', () => {
  test('a foreign record of the year 3000 that claims its own time is logged now, as are all after it', () => {
    const foreign = event({ user: 'ann', occurred_at: YEAR_3000, received_at: YEAR_3000, ...own });
    for (const before of [[], [[T0, event({ user: 'bob' })] as const]]) {
      const running = given(...before, [T0 + 1, foreign], [T0 + 2, event({ user: 'cyd', occurred_at: T0 + 2 })]);
      expect(logOf(running).every(({ value }) => value.logged_at <= T0 + 2)).toBe(true);
      expect(activitiesOf(running).at(-2)).toMatchObject({
        logged_at: T0 + 1,
        occurred_at: T0 + 1,
        received_at: T0 + 1,
        clamped: true,
      });
      expect(activitiesOf(running).at(-1)).toMatchObject({ logged_at: T0 + 2, clamped: false });
    }
  });

  test('models and ends of imports of the year 3000 move it no further', () => {
    const running = given([T0, begun(YEAR_3000)], [T0 + 1, imported(YEAR_3000)], [T0 + 2, finished(YEAR_3000)]);
    expect(timesOf(running)).toEqual([
      ['Tick', 0],
      ['ModelApplied', 1],
      ['Tick', 2],
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1.5, 1e17])(
    '%d as the time of reception is taken for now',
    (ms) => {
      const running = given(
        [T0, begun(ms)],
        [T0, imported(ms)],
        [T0 + 1, event({ user: 'ann', occurred_at: T0, received_at: ms, ...own })],
        [T0 + 2, event({ user: 'ann', occurred_at: T0, received_at: ms })],
      );
      expect(logOf(running)[0]?.value.logged_at).toBe(T0);
      expect(activitiesOf(running)).toMatchObject([
        { received_at: T0 + 1, clamped: true },
        { received_at: T0 + 2, clamped: true },
      ]);
    },
  );

  test('own time is of an import into a log without anything live; later it is live', () => {
    const running = given(
      [T0, begun(T0 - 9 * DAY)],
      [T0, event({ user: 'ann', occurred_at: T0 - 9 * DAY, ...own })],
      [T0, event({ user: 'bob', occurred_at: T0 })],
      [T0 + 1, event({ user: 'cyd', occurred_at: T0 - 8 * DAY, ...own })],
      [T0 + 2, begun(T0 - 7 * DAY)],
      [T0 + 2, event({ user: 'cyd', occurred_at: T0 - 7 * DAY, ...own })],
    );
    expect(timesOf(running)).toEqual([
      ['Tick', -9 * DAY],
      ['Activity', -9 * DAY],
      ['Tick', 0],
      ['Activity', 0],
      ['Activity', 1],
      ['Activity', 2],
    ]);
    expect(
      logOf(running).filter(({ type, value }) => type === 'Tick' && 'own_time' in value && value.own_time),
    ).toHaveLength(1);
  });
});

describe('own time is of the records of the import that is under way', () => {
  const begins = [T0, begun(T0 - 9 * DAY)] as const;
  const ends = [T0, finished(T0 - 7 * DAY)] as const;
  const first = [T0, event({ user: 'ann', occurred_at: T0 - 9 * DAY, ...own })] as const;
  const foreign = (said: Told) => [T0, event({ user: 'eve', occurred_at: T0 - 8 * DAY, ...own, ...said })] as const;

  test.each([
    ['of another import', [begins, first, foreign({ import_id: 'other' })]],
    ['of none', [begins, first, foreign({ import_id: null })]],
    ['after its end', [begins, first, ends, foreign({})]],
    ['before any began', [foreign({})]],
    ['of none, before any began', [foreign({ import_id: null })]],
  ] as const)('one that claims it, %s, is live and dated now', (_when, read) => {
    const running = given(...read);
    expect(activitiesOf(running).at(-1)).toMatchObject({ logged_at: T0, clamped: false });
    expect(clockOf(running.table('identify', 0))).toMatchObject({ own_time: false, import_id: null });
  });

  test('a model that claims it without being of the import is live, too', () => {
    const running = given(begins, first, [T0, submitted(FILES, T0 - 8 * DAY)]);
    expect(timesOf(running).slice(-2)).toEqual([
      ['Tick', 0],
      ['ModelApplied', 0],
    ]);
  });

  test('an import that ended may be followed by another, behind it in time', () => {
    const next = { own_time: true, import_id: 'next' };
    const running = given(
      begins,
      first,
      ends,
      [T0, begun(T0 - 5 * DAY, 'next')],
      [T0, event({ user: 'ann', occurred_at: T0 - 5 * DAY, ...next })],
      [T0, finished(T0 - 5 * DAY, 'next')],
    );
    expect(timesOf(running).map(([type, since]) => [type, since / DAY])).toEqual([
      ['Tick', -9],
      ['Activity', -9],
      ['Tick', -7],
      ['Tick', -5],
      ['Activity', -5],
      ['Tick', -5],
    ]);
    expect(clockOf(running.table('identify', 0))).toMatchObject({ own_time: true, import_id: null });
  });

  test('beginnings and ends of other imports, and what came before, change nothing in one under way', () => {
    const others = [begun(T0 - 8 * DAY), begun(T0 - 8 * DAY, 'other'), finished(T0, 'other')] as const;
    const running = given(begins, first, ...others.map((one) => [T0, one] as const), [T0, first[1]]);
    expect(timesOf(running)).toHaveLength(2);
    expect(clockOf(running.table('identify', 0))).toMatchObject({ own_time: true, import_id: 'i' });
  });

  test('read once more, a whole import and its end change nothing', () => {
    const records = [begins, [T0, imported(T0 - 9 * DAY)] as const, first, ends];
    const once = given(...records);
    const again = given(...records, ...records.slice(1));
    expect(timesOf(again)).toEqual(timesOf(once));
    expect(clockOf(again.table('identify', 0))).toMatchObject({ own_time: true, import_id: null });
  });

  test('the end of one that is received now brings the present', () => {
    const running = given(begins, first, ends, [T0, finished(T0 - 1, 'historic', false)]);
    expect(timesOf(running).at(-1)).toEqual(['Tick', 0]);
    expect(clockOf(running.table('identify', 0))).toMatchObject({ own_time: false });
  });
});

describe('the time of an event that is written straight to the log', () => {
  test.each([
    [5 * MINUTE, false],
    [5 * MINUTE + 1, true],
    [400 * DAY, true],
  ])('%i ms ahead of the clock: clamped to its reception is %s', (ahead, clamped) => {
    const [one] = activitiesOf(given([T0, event({ user: 'ann', occurred_at: T0 + ahead, received_at: T0 - 1 })]));
    expect(one).toMatchObject({ clamped, occurred_at: clamped ? T0 - 1 : T0 + ahead });
  });

  test('a retry of what was clamped is known, whenever it comes', () => {
    const ahead = event({ user: 'ann', occurred_at: T0 + HOUR, received_at: T0, content_hash: '' });
    const value = ahead.type === 'LeadEvent' ? { ...ahead.value, content_hash: '' } : undefined;
    if (value === undefined) throw new Error('no event');
    const sent: EventMessage = { type: 'LeadEvent', value };
    const running = given([T0, sent], [T0 + 2 * HOUR, sent]);
    expect(activitiesOf(running)).toHaveLength(1);
    expect(lettersOf(running)).toEqual([]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, 253_402_300_800_000, 1e17])(
    '%d is no time: a dead letter',
    (ms) => {
      const running = given([T0, event({ user: 'ann', occurred_at: ms, received_at: T0 })]);
      expect(lettersOf(running)).toMatchObject([{ reason: 'invalid_time', detail: expect.stringContaining(`${ms}`) }]);
      expect(activitiesOf(running)).toEqual([]);
    },
  );

  test('one before 1970 is before 2000', () => {
    expect(lettersOf(given([T0, event({ user: 'ann', occurred_at: -1 })]))).toMatchObject([{ reason: 'before_2000' }]);
  });

  test('a long move decides on the time of its first decision, however late the last one comes', () => {
    const mails = Array.from({ length: 3 }, (_, n) => event({ email: 'ann@x.org', occurred_at: T0 - HOUR + n }));
    const joins = event({ user: 'ann', email: 'ann@x.org', occurred_at: T0 + DAY, received_at: T0 + DAY });
    const { decider } = createIdentifyTopology({ ...IDENTIFY, movesAtOnce: 1 });
    const running = drive(
      [{ ...createIdentifyTopology({ ...IDENTIFY, movesAtOnce: 1 }), decider: later(decider) }, ANSWERING],
      () => 1,
    );
    running.publish(TOPICS.events, event({ user: 'ann', occurred_at: T0 - 2 * HOUR }), T0);
    for (const one of mails) running.publish(TOPICS.events, one, T0);
    running.publish(TOPICS.events, joins, T0);
    const last = activitiesOf(running).at(-1);
    expect(last).toMatchObject({ cause: 'live', occurred_at: T0, received_at: T0, clamped: true });
    expect(last?.logged_at).toBeGreaterThan(T0 + DAY);
  });
});

/** The same decider, for which each decision on the last event comes a day after the one before. */
function later(decider: ReturnType<typeof createIdentifyTopology>['decider']): typeof decider {
  let decisions = 0;
  return {
    ...decider,
    decide: (state, input, now) => decider.decide(state, input, input.offset < 4 ? now : now + decisions++ * DAY),
  };
}

describe('a model that is submitted', () => {
  const broken = { ...FILES, 'scoring.yaml': 'engine: 4\nrules:\n  - id: a\n    on: page_viewed\n    points: many\n' };

  test('and does not compile is a dead letter that says where and what to do, and the model in force stays', () => {
    const running = given([T0, submitted()], [T0 + 1, submitted(broken)], [T0 + 2, event({ user: 'ann' })]);
    expect(logOf(running).map(({ type }) => type)).toEqual(['ModelApplied', 'Activity']);
    expect(lettersOf(running)).toMatchObject([
      { reason: 'invalid_model', origin: 'lead.events 0 1', publisher: '', event_id: null },
    ]);
    expect(lettersOf(running)[0]?.detail).toMatch(/^scoring\.yaml:5: .+; .+/);
  });

  test('and asks for an engine that this version does not know is refused, too', () => {
    const running = given([T0, submitted({ ...FILES, 'scoring.yaml': 'engine: 99\nrules: []\n' })]);
    expect(lettersOf(running)).toMatchObject([
      { reason: 'unknown_engine', detail: expect.stringMatching(/engine 99.*write engine: 4/) },
    ]);
    expect(logOf(running)).toEqual([]);
  });

  test('under the version of other files is refused: a version names one model', () => {
    const lies = submitted();
    if (lies.type !== 'ModelSubmitted') throw new Error('no model');
    const running = given([T0, { ...lies, value: { ...lies.value, model_version: 'mine' } }]);
    expect(lettersOf(running)).toMatchObject([{ reason: 'invalid_model', detail: expect.stringContaining('mine') }]);
  });
});
