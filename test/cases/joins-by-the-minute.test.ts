import { describe, expect, test } from 'vitest';
import type { ModelFiles } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { answersHeld } from '#test/given/answers-held';
import { event, T0, type Told } from '#test/given/event';
import { submitted } from '#test/given/identify';
import { valuesOf } from '#test/given/outcome';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const MODEL = {
  'scoring.yaml': `engine: 4
half_life: 30d
rules:
  - { id: hot, on: hot, points: 60 }
  - { id: warm, on: warm, points: 60, unless: { on: cold, same: plan, within: 10m } }
`,
  'stages.yaml': `ladder: [visitor, lead, mql, customer]
moves:
  - { id: identified, from: [visitor], to: lead, reason: gave an address, when: { identified: true } }
  - { id: qualified, from: [lead], to: mql, reason: score, when: { score_at_least: 50 } }
  - { id: won, from: [lead, mql], to: customer, reason: won, when: { on: deal_won } }
`,
  'routing.yaml': `on_stage: mql
reason: became an MQL
method: round_robin
reps: [{ id: ada, name: Ada Berg, email: ada@example.com }]
`,
  'programs/guide.yaml': `name: Guide
enter: { on: asked }
audience: [lead, mql]
reentry_after: 90d
exit_on: [unsubscribed]
steps:
  - { id: one, after: 0m, channel: mail, template: guide, max_lateness: 24h }
  - { id: two, after: 10m, channel: mail, template: guide, max_lateness: 24h }
  - { id: three, after: 20m, channel: mail, template: guide, max_lateness: 24h }
`,
};

const HOME = 'ann@home.example';
const WORK = 'ann@work.example';
const ann = { user: 'ann', email: WORK };
const home = { email: HOME };
const both = { user: 'ann', email: HOME };

const minuteOf = (at: number) => (at - T0) / MINUTE;

/** Leads of a small town; times are minutes. */
function town(partitions = 1, model: ModelFiles = MODEL) {
  const { running, answers } = answersHeld(partitions);
  let now = T0;
  let events = 0;
  running.publish(TOPICS.events, submitted(model, now), now);
  function does(name: string, who: Partial<Told>, { late = false, ago = 0, properties = {} } = {}): void {
    const id = `e${events++}`;
    const told = { name, ...who, properties, event_id: id, occurred_at: now - ago, received_at: now };
    running.publish(TOPICS.events, event(told), now);
    if (!late) answers(now);
  }
  return {
    does,
    /** Lets time pass until then. */
    at(minute: number) {
      for (; now < T0 + minute * MINUTE; running.tick(now)) now += MINUTE;
    },
    answers: () => answers(now),
    /** Mails that were sent after so many minutes, as `STEP to ADDRESS`. */
    sentSince: (minute: number) =>
      valuesOf(running, TOPICS.triggers, 'Trigger')
        .filter(({ suppressed_by, logged_at }) => suppressed_by === null && logged_at > T0 + minute * MINUTE)
        .map(({ step, personal }) => `${step} to ${personal.email}`)
        .sort(),
    /** Mails that were sent, as `STEP to ADDRESS`. */
    sent: () =>
      valuesOf(running, TOPICS.triggers, 'Trigger')
        .filter(({ suppressed_by }) => suppressed_by === null)
        .map(({ step, personal }) => `${step} to ${personal.email}`)
        .sort(),
    /** Moves between stages of who is known, each with its minute. */
    moves: () =>
      valuesOf(running, TOPICS.stages, 'Staged')
        .flatMap(({ moves }) => moves.filter(({ rule }) => rule !== 'identified'))
        .map(({ rule, at }) => `${rule} at ${minuteOf(at)}`),
    /** Steps of programs, each with the minute at which it was due. */
    due: () =>
      valuesOf(running, TOPICS.triggers, 'Trigger')
        .map(({ program, step, at }) => `${program} ${step} at ${minuteOf(at)}`)
        .sort(),
    handoffs: () => valuesOf(running, TOPICS.handoffs, 'Handoff').length,
  };
}

describe('two who turn out to be one', () => {
  test.each([
    ['the one who was sent it', [home, { user: 'ann' }]],
    ['the other', [{ user: 'ann' }, home]],
  ])('are sent no step twice, if %s is the older lead', (_, leads) => {
    const { does, at, sent } = town();
    for (const who of leads) does('seen', who);
    at(2);
    does('asked', home);
    at(25);
    does('asked', { user: 'ann' });
    at(27);
    does('identified', both);
    at(80);
    expect(sent()).toEqual([`one to ${HOME}`, `three to ${HOME}`, `two to ${HOME}`]);
  });

  test.each([
    ['is the older lead', ann, home],
    ['is the younger lead', home, ann],
  ])(
    'are sent nothing more once one of them is a customer, who %s, however late the answer comes',
    (_, customer, asks) => {
      for (const late of [false, true]) {
        const { does, at, sent, answers } = town();
        does('seen', ann);
        at(2);
        does('deal_won', customer);
        at(3);
        does('asked', asks);
        at(12);
        does('identified', both, { late });
        at(14);
        answers();
        at(60);
        expect(sent().filter((mail) => !mail.startsWith('one'))).toEqual([]);
      }
    },
  );

  test.each([
    ['the older', [home, ann]],
    ['the younger', [ann, home]],
  ])('go on with the run that is sent, where that of %s is only recorded', (_, leads) => {
    const { does, at, sent } = town();
    for (const who of leads) does('seen', who);
    at(2);
    does('asked', home, { ago: 3 * DAY });
    at(13);
    does('asked', ann);
    at(15);
    does('identified', both);
    at(60);
    expect(sent().map((mail) => mail.split(' ')[0])).toEqual(['one', 'three', 'two']);
  });
});

describe('two who were one by mistake', () => {
  test('are sent what only the other had', () => {
    const { does, at, sent } = town();
    does('seen', ann);
    at(3);
    does('asked', home);
    at(40);
    does('identified', both);
    at(41);
    does('unmerged', both);
    at(42);
    does('asked', ann);
    at(100);
    for (const address of [HOME, WORK]) expect(sent().filter((mail) => mail === `one to ${address}`)).toHaveLength(1);
  });

  test('and a third, who had nothing', () => {
    const cleo = { user: 'cleo', email: 'cleo@x.example' };
    const { does, at, sent } = town();
    does('seen', ann);
    does('seen', cleo);
    at(3);
    does('asked', home);
    at(30);
    does('identified', both);
    does('aliased', { user: 'ann' }, { properties: { previous_id: 'cleo' } });
    at(32);
    does('unmerged', { user: 'ann' }, { properties: { previous_id: 'cleo' } });
    does('asked', cleo);
    at(100);
    expect(sent()).toContain('one to cleo@x.example');
  });

  test.each([1, 4])('and are joined to others, over %i partitions, are heard again', (partitions) => {
    const { does, at, sent, handoffs } = town(partitions);
    does('seen', { user: 'wes' });
    does('seen', both);
    for (const user of ['ann', 'vic', 'wes']) {
      if (user !== 'ann') does('identified', { user, email: HOME });
      at(5);
      does('unmerged', { user, email: HOME });
    }
    at(8);
    does('asked', home);
    does('hot', home);
    at(80);
    expect([handoffs(), sent()]).toEqual([1, [`one to ${HOME}`, `three to ${HOME}`, `two to ${HOME}`]]);
  });
});

describe('two who come apart', () => {
  test.each([1, 4])('are not sent anything while they part, over %i partitions, and nothing twice', (partitions) => {
    const { does, at, sent, sentSince, answers } = town(partitions);
    does('seen', ann);
    at(2);
    does('identified', both);
    at(3);
    does('asked', home);
    at(12);
    // "two" is due at 13, "three" at 23
    does('unmerged', both, { late: true });
    at(16);
    does('asked', home, { late: true });
    at(20);
    expect(sentSince(12)).toEqual([]);
    answers();
    at(80);
    expect(new Set(sent()).size).toBe(sent().length);
    expect(sent().filter((mail) => mail.startsWith('two')).length).toBeGreaterThan(0);
  });

  test.each([8, 14])('at minute %i: who goes on with what the other has entered is not sent it again', (parted) => {
    const { does, at, sent } = town();
    does('seen', home);
    at(2);
    does('asked', { user: 'ann' });
    at(3);
    does('identified', both);
    at(parted);
    does('unmerged', both);
    at(40);
    does('asked', home);
    at(100);
    expect(sent()).toEqual([`three to ${HOME}`, `two to ${HOME}`]);
  });

  test('go up the ladder for what time alone brought meanwhile', () => {
    const { does, at, handoffs, answers } = town();
    does('seen', home);
    does('identified', both);
    at(1);
    does('warm', home, { properties: { plan: 'a' } });
    at(2);
    does('unmerged', both, { late: true });
    at(30);
    expect(handoffs()).toBe(0);
    answers();
    at(32);
    expect(handoffs()).toBe(1);
  });
});

describe('an unsubscribe that waits, since two turn out to be one,', () => {
  /** "two" is due at 13, "three" at 23; they are found to be one at 12 or by the unsubscribe itself, and the answer comes at 30. */
  function waitsFor(unsubscribes: number, by: Partial<Told>, joinsBefore: boolean) {
    const { does, at, sent, answers } = town();
    does('seen', { user: 'ann' });
    at(3);
    does('asked', home);
    at(12);
    if (joinsBefore) does('identified', both, { late: true });
    at(unsubscribes);
    does('unsubscribed', by, { late: true });
    at(30);
    answers();
    at(80);
    return sent().map((mail) => mail.split(' ')[0]);
  }

  test.each([
    ['as the event that joins them', both, false],
    ['behind the one that joins them, by address', home, true],
    ['behind the one that joins them, by userId', { user: 'ann' }, true],
  ])('%s, ends what is due after it, and nothing that is due before', (_, by, joinsBefore) => {
    expect(waitsFor(12.5, by, joinsBefore)).toEqual(['one']);
    expect(waitsFor(14, by, joinsBefore)).toEqual(['one', 'two']);
    expect(waitsFor(25, by, joinsBefore)).toEqual(['one', 'three', 'two']);
  });
});

test('an address that many turn out to share passes nobody’s decisions on to all of them', () => {
  const { does, at, handoffs } = town();
  const hub = 'hub@x.example';
  does('seen', { user: 'old' });
  at(2);
  for (let i = 0; i < 20; i++) does('seen', { user: `p${i}`, email: hub });
  does('hot', { user: 'p5' });
  at(5);
  does('aliased', { user: 'old', email: hub }, { properties: { previous_id: 'p0' } });
  at(6);
  does('hot', { user: 'p3', email: 'p3@x.example' });
  at(80);
  expect(handoffs()).toBe(2);
});

describe('what comes and falls due for a lead that waits for an answer', () => {
  const PATIENT = {
    ...MODEL,
    'stages.yaml': `ladder: [visitor, lead, mql, customer]
beside: [nurture, asleep]
moves:
  - { id: identified, from: [visitor], to: lead, reason: gave an address, when: { identified: true } }
  - { id: qualified, from: [lead], to: mql, reason: score, when: { score_at_least: 50 } }
  - { id: woken, from: [asleep], to: lead, reason: active again, when: { active: true } }
  - { id: stays, from: [mql], to: nurture, reason: no further, when: { stayed_for: 10m, score_below: 100 } }
  - { id: sleeps, from: [nurture, lead], to: asleep, reason: quiet, when: { quiet_for: 15m } }
  - { id: won, from: [lead, mql], to: customer, reason: won, when: { on: deal_won } }
`,
    'programs/care.yaml': `name: Care
enter: { stage: nurture }
audience: [nurture, asleep]
reentry_after: 90d
steps:
  - { id: one, after: 0m, channel: mail, template: care, max_lateness: 24h }
  - { id: two, after: 2m, channel: mail, template: care, max_lateness: 24h }
`,
  };

  /** Moves and mails, each with its minute; the answer comes so many minutes after it was asked for. */
  function told(partitions: number, late: number, meanwhile: readonly (readonly [number, string])[] = []) {
    const { does, at, answers, moves, due } = town(partitions, PATIENT);
    does('seen', ann);
    at(1);
    does('seen', home);
    at(2);
    does('hot', { user: 'ann' });
    at(6);
    does('identified', both, { late: late > 0 });
    for (const [minute, name] of meanwhile) {
      at(minute);
      does(name, { user: 'ann' }, { late: minute < 6 + late });
    }
    at(Math.max(6 + late, meanwhile.at(-1)?.[0] ?? 0));
    answers();
    at(90);
    return { moves: moves(), due: due() };
  }

  test.each([1, 4])('is judged at its own moment, however late the answer is, over %i partitions', (partitions) => {
    const { moves, due } = told(partitions, 0);
    expect(moves).toEqual(['qualified at 2', 'stays at 12', 'sleeps at 21']);
    expect(due).toEqual(['care one at 12', 'care two at 14']);
    for (const late of [3, 7, 9, 40]) expect(told(partitions, late)).toEqual({ moves, due });
  });

  test('is judged in its order', () => {
    for (const late of [0, 8, 40]) {
      expect(told(1, late, [[13, 'seen']]).moves).toEqual(['qualified at 2', 'stays at 12', 'sleeps at 28']);
      expect(told(1, late, [[11, 'deal_won']]).moves).toEqual(['qualified at 2', 'won at 11']);
      expect(told(1, late, [[14, 'deal_won']]).moves).toEqual(['qualified at 2', 'stays at 12', 'sleeps at 29']);
    }
  });
});
