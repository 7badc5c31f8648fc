import { describe, expect, test } from 'vitest';
import { ADA, DAY, factsOf, HOUR, mail, toMql } from '#services/trigger/given';
import { given } from '#services/trigger/world';
import { NOON } from '#test/given/activity';

describe('timed steps', () => {
  const steps = [mail('case_study', 0), mail('webinar', 3 * DAY), mail('demo', 7 * DAY)];

  test('each step is due after entry, bears that time, and runs when logged time is past it', () => {
    const world = given({ steps });
    world.does({ event_id: 'paper', occurred_at: NOON });
    world.passes(NOON + 3 * DAY);
    world.does({ name: 'page_viewed', event_id: 'e2', occurred_at: NOON + 3 * DAY });
    expect(world.steps()).toEqual(['case_study']);
    world.passes(NOON + 3 * DAY + 1);
    expect(world.steps()).toEqual(['case_study', 'webinar']);
    world.passes(NOON + 7 * DAY + HOUR);
    const demo = world.triggers()[2];
    expect(demo).toMatchObject({ step: 'demo', at: NOON + 7 * DAY, logged_at: NOON + 7 * DAY + HOUR, seq: 6 });
    expect(demo?.cause_id).toBe('paper');
  });

  test('a jump of time runs every step due, in order; those too late are suppressed', () => {
    const world = given({ steps });
    world.does({ occurred_at: NOON });
    world.passes(NOON + 8 * DAY);
    expect(world.steps()).toEqual(['case_study', 'webinar (late)', 'demo']);
    expect(world.triggers().map((trigger) => [trigger.seq, trigger.step_no])).toEqual([
      [2, 0],
      [3, 0],
      [3, 1],
    ]);
  });

  test('a step exactly as late as allowed is sent', () => {
    const world = given({ steps });
    world.does({ occurred_at: NOON });
    world.passes(NOON + 5 * DAY);
    expect(world.steps()).toEqual(['case_study', 'webinar']);
  });

  test('an entry by a wake-up long overdue is late already', () => {
    const world = given({ enter: { kind: 'stage', stage: 'mql' } });
    world.record({ ...toMql, at: NOON, logged_at: NOON + 3 * DAY });
    expect(world.triggers()).toMatchObject([{ suppressed_by: 'late', at: NOON, logged_at: NOON + 3 * DAY }]);
  });

  test('steps of two programs due in one wake-up are both taken', () => {
    const world = given({ id: 'a', steps: [mail('x', DAY)] }, { id: 'b', steps: [mail('y', DAY), mail('z', 2 * DAY)] });
    world.does({ occurred_at: NOON });
    world.passes(NOON + DAY + 1);
    expect(world.triggers().map(({ step, step_no }) => [step, step_no])).toEqual([
      ['x', 0],
      ['y', 1],
    ]);
    world.passes(NOON + 2 * DAY + 1);
    expect(world.steps()).toEqual(['x', 'y', 'z']);
  });

  test('the newest personal data known is sent along', () => {
    const world = given({ steps });
    world.does({ occurred_at: NOON });
    const personal = { ...ADA, email: 'ada@new.example' };
    world.does({ name: 'page_viewed', event_id: 'e2', occurred_at: NOON + DAY }, { facts: factsOf(personal) });
    world.passes(NOON + 3 * DAY + 1);
    expect(world.triggers()[1]?.personal.email).toBe('ada@new.example');
  });
});

describe('suppressed steps are recorded', () => {
  const steps = [mail('now', 0), mail('later', DAY), mail('call', DAY, { channel: 'alert' })];
  const afterwards = NOON + DAY + HOUR;

  test('historic: all that an imported activity led to, its timers included', () => {
    const world = given({ steps });
    world.does({ occurred_at: NOON, cause: 'historic' });
    world.passes(afterwards);
    expect(world.steps()).toEqual(['now (historic)', 'later (historic)', 'call (historic)']);
  });

  test('unsubscribed: mails only, also when the unsubscribe came along from another owner', () => {
    for (const cause of ['live', 'move'] as const) {
      const world = given({ steps });
      world.does({ occurred_at: NOON });
      world.does({ name: 'unsubscribed', event_id: 'e2', occurred_at: NOON + HOUR, cause });
      world.passes(afterwards);
      expect(world.steps()).toEqual(['now', 'later (unsubscribed)', 'call']);
    }
  });

  test('an unsubscribe is remembered until a later subscription', () => {
    const world = given({});
    world.does({ name: 'unsubscribed', event_id: 'u', occurred_at: NOON });
    world.does({ name: 'subscribed', event_id: 's1', occurred_at: NOON - 1 }, { at: NOON });
    world.does({ event_id: 'p1', occurred_at: NOON + 400 * DAY });
    expect(world.steps()).toEqual(['case_study (unsubscribed)']);
    world.does({ name: 'unsubscribed', event_id: 'u' }, { lead_id: 'bob' });
    world.does({ name: 'subscribed', event_id: 's2', occurred_at: NOON + DAY }, { lead_id: 'bob' });
    world.does({ event_id: 'p2', occurred_at: NOON + 400 * DAY }, { lead_id: 'bob' });
    expect(world.steps()).toEqual(['case_study (unsubscribed)', 'case_study']);
  });

  test('an unsubscribe that moved out was another’s', () => {
    const world = given({});
    world.does({ name: 'unsubscribed', event_id: 'u', occurred_at: NOON });
    world.movesOut({ name: 'unsubscribed', event_id: 'u', occurred_at: NOON }, NOON + HOUR);
    expect(world.remembers('ada')).toBe(false);
  });

  test('no_address: a mail to nowhere', () => {
    const world = given({ steps });
    world.does({ occurred_at: NOON }, { facts: factsOf({ ...ADA, email: null }) });
    world.passes(afterwards);
    expect(world.steps()).toEqual(['now (no_address)', 'later (no_address)', 'call']);
  });

  test('of several reasons the first of historic, unsubscribed, no_address, late is given', () => {
    const world = given({ steps: [mail('later', DAY, { maxLateness: 0 })] });
    const nowhere = { facts: factsOf({ ...ADA, email: null }) };
    const opt = { name: 'unsubscribed', event_id: 'u', occurred_at: NOON };
    world.does({ occurred_at: NOON, cause: 'historic' }, { lead_id: 'a', ...nowhere });
    world.does({ ...opt, cause: 'live' }, { lead_id: 'a', ...nowhere });
    world.does({ occurred_at: NOON }, { lead_id: 'b', ...nowhere });
    world.does(opt, { lead_id: 'b', ...nowhere });
    world.does({ occurred_at: NOON }, { lead_id: 'c', ...nowhere });
    world.does({ occurred_at: NOON }, { lead_id: 'd' });
    world.passes(afterwards);
    expect(world.triggers().map((trigger) => [trigger.lead_id, trigger.suppressed_by])).toEqual([
      ['a', 'historic'],
      ['b', 'unsubscribed'],
      ['c', 'no_address'],
      ['d', 'late'],
    ]);
  });
});
