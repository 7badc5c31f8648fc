import { describe, expect, test } from 'vitest';
import type { Program } from '#lib/model/model';
import { DAY, HOUR, mail, program, scored } from '#services/trigger/given';
import { createWorld } from '#services/trigger/world';
import { activity, NOON } from '#test/given/activity';

const steps = [mail('case_study', 0), mail('webinar', 3 * DAY), mail('demo', 6 * DAY)];

/** A course of three mails, in force for an hour. */
function given(over: Partial<Program> = {}) {
  const world = createWorld({ v1: [program({ steps, ...over })] });
  world.applies('v1', NOON - HOUR);
  const event = (id: string, step: string, at: number) => ({
    event_id: id,
    name: 'email_sent',
    properties: JSON.stringify({ email_id: id, program: 'papers', step }),
    occurred_at: at,
  });
  return {
    ...world,
    downloads: (at: number, id = 'paper') => world.does({ event_id: id, occurred_at: at }),
    sent: (id: string, step: string, at: number) => world.does(event(id, step, at)),
    sendMoves: (id: string, step: string, at: number, logged = at) =>
      world.does({ ...event(id, step, at), cause: 'move' }, { at: logged, logged_at: logged }),
    sendLeaves: (id: string, step: string, at: number, logged: number) => world.movesOut(event(id, step, at), logged),
  };
}

describe('a mail of a program that came along from another owner', () => {
  test('is not sent again: its step is recorded as suppressed, the others go on', () => {
    const world = given();
    world.downloads(NOON);
    world.sendMoves('s1', 'webinar', NOON - DAY, NOON + HOUR);
    world.passes(NOON + 7 * DAY);
    expect(world.steps()).toEqual(['case_study', 'webinar (already_sent)', 'demo']);
  });

  test('is sent after all when it moves on', () => {
    const world = given();
    world.downloads(NOON);
    world.sendMoves('s1', 'webinar', NOON - DAY, NOON + HOUR);
    world.sendLeaves('s1', 'webinar', NOON - DAY, NOON + DAY);
    world.passes(NOON + 4 * DAY);
    expect(world.steps()).toEqual(['case_study', 'webinar']);
  });

  test('counts as an entry: the program may be entered again as long after it as it says', () => {
    const world = given({ reentryAfter: 10 * DAY });
    world.sendMoves('s1', 'case_study', NOON);
    world.downloads(NOON + 10 * DAY - 1, 'early');
    expect(world.steps()).toEqual([]);
    world.downloads(NOON + 10 * DAY, 'late');
    expect(world.steps()).toEqual(['case_study']);
  });

  test('bars no entry any more once it has moved on', () => {
    const world = given();
    world.sendMoves('s1', 'case_study', NOON);
    expect(world.remembers('ada')).toBe(true);
    world.sendLeaves('s1', 'case_study', NOON, NOON + HOUR);
    expect(world.remembers('ada')).toBe(false);
    world.downloads(NOON + DAY);
    expect(world.steps()).toEqual(['case_study']);
  });

  test('says nothing of other programs, nor without naming program and step', () => {
    const world = given();
    world.does({ event_id: 'plain', name: 'email_sent', cause: 'move', properties: '{"email_id":"m"}' });
    world.does({
      event_id: 'other',
      name: 'email_sent',
      cause: 'move',
      properties: '{"program":"welcome","step":"case_study"}',
    });
    world.downloads(NOON + HOUR);
    expect(world.steps()).toEqual(['case_study']);
  });
});

test('a mail that is reported in its time changes nothing: what was triggered is known', () => {
  const world = given();
  world.downloads(NOON);
  world.sent('s1', 'webinar', NOON + HOUR);
  world.passes(NOON + 4 * DAY);
  expect(world.steps()).toEqual(['case_study', 'webinar']);
});

describe('an excluded activity', () => {
  const excluded = (over: Parameters<typeof activity>[0]) => {
    const done = activity({ known: true, ...over });
    return { at: done.occurred_at, scored: scored({ activity: done, excluded: 'bot' }), cause_id: done.event_id };
  };

  test('enters no program and ends none', () => {
    const world = given({ exitOn: new Set(['form_submitted']) });
    world.record(excluded({ name: 'asset_downloaded' }));
    expect(world.remembers('ada')).toBe(false);
    world.downloads(NOON);
    world.record(excluded({ name: 'form_submitted', event_id: 'f', occurred_at: NOON + HOUR }));
    world.passes(NOON + 4 * DAY);
    expect(world.steps()).toEqual(['case_study', 'webinar']);
  });

  test('is not counted', () => {
    const enter = { kind: 'behaviour', name: 'page_viewed', matches: () => true, count: 2, within: DAY } as const;
    const world = given({ enter });
    world.record(excluded({ event_id: 'v1' }));
    world.does({ event_id: 'v2', name: 'page_viewed', occurred_at: NOON + 1 });
    expect(world.steps()).toEqual([]);
    world.does({ event_id: 'v3', name: 'page_viewed', occurred_at: NOON + 2 });
    expect(world.steps()).toEqual(['case_study']);
  });

  test('that unsubscribes is heeded: no mail against anyone’s word', () => {
    const world = given();
    world.record(excluded({ name: 'unsubscribed', event_id: 'u' }));
    world.record(excluded({ name: 'subscribed', event_id: 's', occurred_at: NOON + 1 }));
    world.downloads(NOON + HOUR);
    expect(world.steps()).toEqual(['case_study (unsubscribed)']);
  });
});
