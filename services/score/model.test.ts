import { describe, expect, test } from 'vitest';
import { DAY, givenScore, MINUTE } from '#services/score/given';
import { NOBODY, NOON } from '#test/given/activity';

const HOUR = 60 * MINUTE;
const lasting = { halfLife: Infinity };
const points = (of: { readonly points: number }[] | readonly { readonly points: number }[]) =>
  of.map((one) => one.points);

describe('caps', () => {
  test('a rule adds up to its cap, and what is beyond it is taken from the newest', () => {
    const ada = givenScore({ rules: [{ id: 'visited', ...lasting, cap: 25 }] });
    for (const hour of [0, 1, 2, 3]) ada.does({ name: 'visited', occurred_at: NOON + hour * HOUR });
    const { score, contributions } = ada.explain(NOON + 4 * HOUR);
    expect(score).toBe(25);
    expect(contributions.map((one) => [one.points, one.capped])).toEqual([
      [10, 0],
      [10, 0],
      [5, 5],
      [0, 10],
    ]);
    expect(ada.scored().map(({ score: { after } }) => after)).toEqual([10, 20, 25, 25]);
  });

  test('decay makes room below a cap again', () => {
    const ada = givenScore({ rules: [{ id: 'visited', cap: 15 }] });
    ada.does({ name: 'visited' }, { name: 'visited' });
    expect(ada.explain(NOON).score).toBe(15);
    expect(ada.explain(NOON + 30 * DAY).score).toBe(10);
  });

  test('rules first, then their group, then the total, in both directions', () => {
    const ada = givenScore({
      rules: [
        { id: 'opened', ...lasting, group: 'mail', cap: 15 },
        { id: 'clicked', ...lasting, group: 'mail' },
        { id: 'bounced', ...lasting, points: -90 },
      ],
      groups: { mail: 20 },
      cap: 50,
    });
    ada.does({ name: 'opened' }, { name: 'opened' }, { name: 'clicked' });
    expect(points(ada.explain(NOON).contributions)).toEqual([10, 5, 5]);
    ada.does({ name: 'bounced' });
    expect(points(ada.explain(NOON).contributions)).toEqual([10, 5, 5, -70]);
    expect(ada.explain(NOON).score).toBe(-50);
  });

  test('a late event takes its place before those that came earlier', () => {
    const ada = givenScore({ rules: [{ id: 'visited', ...lasting, cap: 15 }] });
    ada.does({ name: 'visited', occurred_at: NOON + DAY }, { name: 'visited', occurred_at: NOON });
    const [first, second] = ada.explain(NOON + DAY).contributions;
    expect([first?.event_id, first?.points, second?.event_id, second?.points]).toEqual(['e2', 10, 'e1', 5]);
  });
});

describe('limits', () => {
  test('the earliest of a UTC day count', () => {
    const ada = givenScore({ rules: [{ id: 'visited', ...lasting, perDay: 2 }] });
    for (const hour of [3, 1, 2, 13, 12]) ada.does({ name: 'visited', occurred_at: NOON + hour * HOUR });
    const { contributions } = ada.explain(NOON + DAY);
    expect(contributions.map(({ occurred_at }) => (occurred_at - NOON) / HOUR)).toEqual([1, 2, 12, 13]);
    const third = ada.scored()[2];
    expect(third?.score.added.map(({ event_id }) => event_id)).toEqual(['e3']);
    expect(third?.score.removed.map(({ event_id }) => event_id)).toEqual(['e1']);
  });

  test('a rule counts for as long as it says', () => {
    const ada = givenScore({ rules: [{ id: 'visited', ...lasting, expiresAfter: 90 * DAY }] });
    ada.does({ name: 'visited' });
    expect(ada.explain(NOON + 90 * DAY).score).toBe(10);
    expect(ada.explain(NOON + 90 * DAY + 1).score).toBe(0);
  });

  test('one that has expired does not give its place in its day to the next', () => {
    const ada = givenScore({ rules: [{ id: 'visited', ...lasting, perDay: 1, expiresAfter: 10 * DAY }] });
    ada.does({ name: 'visited' }, { name: 'visited', occurred_at: NOON + HOUR });
    expect(ada.explain(NOON + 10 * DAY + HOUR).contributions).toEqual([]);
  });
});

describe('who does not count', () => {
  test('a disqualifying behaviour holds for as long as it counts, the first rule of the file first', () => {
    const ada = givenScore({
      rules: [
        { id: 'student', points: 0, disqualifies: 'is a student', expiresAfter: DAY },
        { id: 'rival', points: 0, disqualifies: 'is a rival' },
      ],
    });
    ada.does({ name: 'rival' }, { name: 'student' });
    expect(ada.scored().map(({ disqualified }) => disqualified)).toEqual(['is a rival', 'is a student']);
    expect(ada.explain(NOON + DAY + 1).disqualified).toBe('is a rival');
    expect(ada.explain(NOON - 1).disqualified).toBeNull();
  });

  test('is no longer disqualified when time alone ends it, and that is told', () => {
    const unwanted = { points: 0, disqualifies: 'is a student', expiresAfter: 5 * DAY };
    const ada = givenScore({ rules: [{ id: 'student', ...unwanted }] });
    ada.does({ name: 'student' }, { name: 'student', occurred_at: NOON + 2 * DAY });
    ada.tick(NOON + 30 * DAY);
    const told = ada.scored().map(({ cause, at, disqualified }) => [cause, (at - NOON) / DAY, disqualified]);
    expect(told).toEqual([
      ['activity', 0, 'is a student'],
      ['activity', 2, 'is a student'],
      ['wake', 7 + 1 / DAY, null],
    ]);
    expect(ada.scored()[2]).toMatchObject({ cause_id: `student@${NOON + 7 * DAY + 1}`, historic: false });
  });

  test('who is disqualified for what lies ahead of its time is woken when it begins and when it ends', () => {
    const ada = givenScore({
      rules: [{ id: 'student', points: -5, disqualifies: 'is a student', expiresAfter: 5 * DAY }],
    });
    ada.does({ name: 'student', occurred_at: NOON + DAY, logged_at: NOON });
    ada.tick(NOON + 30 * DAY);
    expect(ada.scored().map(({ at, disqualified }) => [at - NOON, disqualified])).toEqual([
      [0, null],
      [DAY, 'is a student'],
      [6 * DAY + 1, null],
    ]);
  });

  test('an absence that disqualifies is told, until it has expired', () => {
    const absence = { answeredBy: new Set(['opened']), within: DAY, same: () => 'm' };
    const ada = givenScore({
      rules: [{ id: 'silent', on: 'sent', disqualifies: 'reads no mail', expiresAfter: 3 * DAY, absence }],
    });
    ada.does({ name: 'sent' });
    ada.tick(NOON + 30 * DAY);
    expect(ada.scored().map(({ at, disqualified }) => [at - NOON, disqualified])).toEqual([
      [0, null],
      [DAY, 'reads no mail'],
      [4 * DAY + 1, null],
    ]);
  });

  test('an excluded activity gives no points and says nothing of the person, but goes on', () => {
    const ada = givenScore({
      rules: [{ id: 'visited' }],
      excludes: ({ personal }) => (personal.user_agent === 'bot' ? 'bot' : undefined),
      grading: { rules: [], grades: [{ grade: 'A', atLeast: 0 }], traits: new Set() },
    });
    ada.does({ name: 'visited', personal: { ...NOBODY, user_agent: 'bot', email: 'a@b.c' } });
    expect(ada.scored()).toMatchObject([{ excluded: 'bot', score: { after: 0 } }]);
    expect(ada.state()?.facts.words).toEqual([]);
    ada.does({ name: 'visited' });
    expect(ada.scored()[1]).toMatchObject({ excluded: null, score: { after: 10 } });
  });
});

describe('late events', () => {
  test('a mail opened on day 6 and reported on day 9 takes the points back, and says what caused it', () => {
    const same = () => 'm1';
    const ada = givenScore({
      rules: [
        {
          id: 'not_opened',
          on: 'sent',
          points: -10,
          absence: { answeredBy: new Set(['opened']), within: 7 * DAY, same },
        },
        { id: 'opened', points: 5 },
      ],
    });
    ada.does({ name: 'sent' });
    ada.tick(NOON + 8 * DAY);
    expect(ada.scored()[1]).toMatchObject({ cause: 'wake', score: { after: -10 } });
    ada.does({ event_id: 'late', name: 'opened', occurred_at: NOON + 6 * DAY, logged_at: NOON + 9 * DAY });
    const last = ada.scored()[2];
    expect(last).toMatchObject({ cause: 'activity', cause_id: 'late', score: { removed: [{ rule: 'not_opened' }] } });
    expect(last?.score.after).toBeCloseTo(5 * 2 ** (-3 / 30), 9);
  });
});
