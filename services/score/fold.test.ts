import { describe, expect, test } from 'vitest';
import type { Drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import type { Scored } from '#schemas/generated/records';
import { type EventMessage, type ScoreMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { createScoreTopology } from '#services/score/topology';
import { DAY, event, HOUR, T0 } from '#test/given/event';
import { submitted } from '#test/given/identify';
import { running } from '#test/given/running';

const files = await readModel('model');
const compile = createCompiler();
const topologies = [
  createIdentifyTopology({ hash: sha256, compile, partitions: 1, tickEvery: 1000, importTickEvery: HOUR }),
  createScoreTopology({ compile, hash: sha256 }),
];

const given = (...events: readonly EventMessage[]) => running(topologies, events);

function scored(running: Drive): Scored[] {
  return running
    .records(TOPICS.scores)
    .map(({ value }) => value as ScoreMessage)
    .flatMap((message) => (message.type === 'Scored' ? [message.value] : []));
}

const lastOf = (running: Drive) => scored(running).at(-1);
const did = (name: string, at = T0, more: Parameters<typeof event>[0] = {}) =>
  event({ user: 'ann', name, occurred_at: at, ...more });
const mail = (name: string, id: string, at: number, more: Parameters<typeof event>[0] = {}) =>
  did(name, at, { properties: { email_id: id }, ...more });

describe('points', () => {
  test.each([
    ['subscribed', 5],
    ['booking_canceled', -5],
    ['appointment_scheduled', 25],
    ['email_replied', 15],
    ['trial_started', 25],
    ['unsubscribed', -25],
    ['something_of_our_own', 0],
  ])('%s gives %d', (name, points) => {
    expect(lastOf(given(did(name)))?.score).toMatchObject({ before: 0, after: points });
  });

  test.each([
    ['/pricing', 10],
    ['/pricing/', 10],
    ['/pricing/teams', 10],
    ['/pricing-old', 0],
    ['/blog/pricing', 0],
  ])('the page %s gives %d', (path, points) => {
    expect(lastOf(given(did('page_viewed', T0, { path })))?.score.after).toBe(points);
  });

  test('they halve in 30 days, and are gone after 400', () => {
    const running = given(
      did('trial_started'),
      did('other', T0 + 30 * DAY),
      did('other', T0 + 400 * DAY),
      did('other', T0 + 400 * DAY + 1),
    );
    expect(scored(running).map(({ score }) => score.after)).toEqual([
      25,
      12.5,
      Math.round(25 * 2 ** (-400 / 30) * 1e9) / 1e9,
      0,
    ]);
  });

  test('a mail counts once, by its first open; each pricing view counts', () => {
    const running = given(
      mail('email_opened', 'm1', T0),
      mail('email_opened', 'm1', T0),
      mail('email_opened', 'm2', T0),
      did('page_viewed', T0, { path: '/pricing' }),
      did('page_viewed', T0, { path: '/pricing' }),
    );
    expect(scored(running).map(({ score }) => score.after)).toEqual([5, 5, 10, 20, 30]);
  });

  test('an earlier open that is reported later takes the place of the first', () => {
    const running = given(
      mail('email_opened', 'm1', T0 + HOUR),
      mail('email_opened', 'm1', T0, { received_at: T0 + 2 * HOUR }),
    );
    const effect = lastOf(running)?.score;
    expect(effect?.added.map(({ occurred_at }) => occurred_at)).toEqual([T0]);
    expect(effect?.removed.map(({ occurred_at }) => occurred_at)).toEqual([T0 + HOUR]);
  });
});

describe('absence', () => {
  const sent = mail('email_sent', 'm1', T0);
  const due = T0 + 7 * DAY;

  test('a mail that is not opened costs 10 points, at the end of its seventh day', () => {
    const running = given(sent);
    running.tick(due);
    expect(scored(running)).toHaveLength(1);
    running.tick(due + 1000);
    expect(lastOf(running)).toMatchObject({
      cause: 'wake',
      at: due,
      cause_id: `email_not_opened@${due}`,
      score: { at: due, before: 0, after: -10 },
    });
  });

  test('one that is opened in time does not', () => {
    const running = given(sent, mail('email_opened', 'm1', due));
    running.tick(due + DAY);
    expect(scored(running).map(({ score }) => score.after)).toEqual([0, 5]);
  });

  test('an open in time that is reported too late takes the points back', () => {
    const running = given(sent, mail('email_opened', 'm1', T0 + 6 * DAY, { received_at: T0 + 9 * DAY }));
    const [, absent, opened] = scored(running);
    expect(absent?.score.after).toBe(-10);
    expect(opened?.score.added.map(({ rule }) => rule)).toEqual(['email_opened']);
    expect(opened?.score.removed.map(({ rule }) => rule)).toEqual(['email_not_opened']);
    expect(opened?.score.after).toBeCloseTo(5 * 2 ** (-3 / 30), 9);
  });

  test('a mail reported after its time is over counts at once', () => {
    const running = given(mail('email_sent', 'm1', T0, { received_at: due + DAY }));
    expect(scored(running).map(({ cause, score }) => [cause, score.after])).toEqual([
      ['activity', Math.round(-10 * 2 ** (-1 / 30) * 1e9) / 1e9],
    ]);
  });
});

describe('time and owners', () => {
  test('an event a little ahead of its time counts when its time has come', () => {
    const running = given(did('trial_started', T0 + 60_000, { received_at: T0 }));
    expect(lastOf(running)?.score.after).toBe(0);
    running.tick(T0 + 60_001);
    expect(lastOf(running)).toMatchObject({ cause: 'wake', at: T0 + 60_000, score: { before: 0, after: 25 } });
  });

  test("a visitor's points leave them one by one and arrive at the lead", () => {
    const device = (name: string) => event({ device: 'd1', name });
    const running = given(
      device('trial_started'),
      device('subscribed'),
      event({ device: 'd1', user: 'ann', name: 'form_submitted' }),
    );
    expect(scored(running).map(({ cause, score }) => [cause, score.before, score.after])).toEqual([
      ['activity', 0, 25],
      ['activity', 25, 30],
      ['moved_out', 30, 5],
      ['activity', 0, 25],
      ['moved_out', 5, 0],
      ['activity', 25, 30],
      ['merged', 0, 0],
      ['activity', 30, 30],
    ]);
  });

  test('a model governs from its record on; what came before keeps the points it had', () => {
    const running = given(did('subscribed'));
    const doubled = { ...files, 'scoring.yaml': (files['scoring.yaml'] ?? '').replace('points: 5', 'points: 50') };
    running.publish(TOPICS.events, submitted(doubled), T0);
    running.publish(TOPICS.events, did('subscribed'), T0);
    expect(lastOf(running)?.score.after).toBe(55);
  });
});
