import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, mail, pricing, program } from '#services/trigger/given';
import { createWorld, given } from '#services/trigger/world';
import { NOON } from '#test/given/activity';

describe('counting in a window', () => {
  const view = (event_id: string, occurred_at: number) => ({
    event_id,
    occurred_at,
    name: 'page_viewed',
    path: '/pricing',
  });
  const counting = () => given({ enter: pricing(3, 7 * DAY) });

  test('the third within the window enters, its edge included', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.does(view('b', NOON + DAY));
    expect(world.steps()).toEqual([]);
    world.does(view('c', NOON + 7 * DAY));
    expect(world.triggers().map((trigger) => trigger.cause_id)).toEqual(['c']);
  });

  test('one that lies before the window does not count', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.does(view('b', NOON + DAY));
    world.does(view('c', NOON + 7 * DAY + 1));
    expect(world.steps()).toEqual([]);
  });

  test('time is when it occurred: a late one does not count what came after it', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.does(view('b', NOON + 2 * HOUR));
    world.does(view('late', NOON + HOUR), { at: NOON + 3 * HOUR });
    expect(world.steps()).toEqual([]);
    world.does(view('d', NOON + 4 * HOUR));
    expect(world.steps()).toEqual(['case_study']);
  });

  test('moved activities fire nothing and count for the next live one', () => {
    const world = counting();
    for (const id of ['a', 'b', 'c']) world.does({ ...view(id, NOON), cause: 'move' });
    expect(world.steps()).toEqual([]);
    world.does({ name: 'form_submitted', event_id: 'form', occurred_at: NOON + HOUR });
    expect(world.steps()).toEqual([]);
    world.does(view('live', NOON + HOUR));
    expect(world.triggers().map((trigger) => trigger.cause_id)).toEqual(['live']);
  });

  test('an activity that moved out no longer counts', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.does(view('b', NOON));
    world.movesOut(view('b', NOON), NOON + HOUR);
    world.does(view('c', NOON + 2 * HOUR));
    expect(world.steps()).toEqual([]);
    world.does(view('d', NOON + 3 * HOUR));
    expect(world.steps()).toEqual(['case_study']);
  });

  test('the same event id of another publisher is another activity', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.does({ ...view('a', NOON), publisher: 'app' });
    world.movesOut({ ...view('a', NOON), publisher: 'shop' }, NOON);
    world.does(view('b', NOON));
    expect(world.steps()).toEqual(['case_study']);
  });

  test('a lead whose last counted activity moved out is forgotten', () => {
    const world = counting();
    world.does(view('a', NOON));
    expect(world.remembers('ada')).toBe(true);
    world.movesOut(view('a', NOON), NOON + HOUR);
    expect(world.remembers('ada')).toBe(false);
  });

  test('a window is forgotten once no live activity can count it', () => {
    const world = counting();
    world.does(view('a', NOON));
    world.passes(NOON + 8 * DAY);
    expect(world.remembers('ada')).toBe(true);
    world.passes(NOON + 8 * DAY + 1);
    expect(world.remembers('ada')).toBe(false);
  });

  test('imported activities of long ago count among each other', () => {
    const world = counting();
    for (const id of ['a', 'b', 'c']) {
      world.does({ ...view(id, NOON - 300 * DAY), cause: 'historic' }, { at: NOON });
      world.passes(NOON + MINUTE);
    }
    expect(world.steps()).toEqual(['case_study (historic)']);
  });

  test('a window outlives a change of the model', () => {
    const world = createWorld({
      v1: [program({ enter: pricing(3, 7 * DAY) })],
      v2: [program({ enter: pricing(2, 7 * DAY) })],
    });
    world.applies('v1', NOON);
    world.does(view('a', NOON));
    world.applies('v2', NOON + HOUR);
    world.does(view('b', NOON + DAY));
    expect(world.triggers().map((trigger) => trigger.model_version)).toEqual(['v2']);
  });
});

describe('what is remembered', () => {
  test('an edited entry that counts another behaviour starts anew', () => {
    const other = { ...pricing(2, 7 * DAY), name: 'form_submitted' };
    const world = createWorld({ v1: [program({ enter: pricing(2, 7 * DAY) })], v2: [program({ enter: other })] });
    world.applies('v1', NOON);
    world.does({ name: 'page_viewed', path: '/pricing', event_id: 'a' });
    world.applies('v2', NOON);
    world.does({ name: 'form_submitted', path: '/pricing', event_id: 'b' });
    expect(world.steps()).toEqual([]);
    world.does({ name: 'form_submitted', path: '/pricing', event_id: 'c' });
    expect(world.steps()).toEqual(['case_study']);
  });

  test('a record that adds nothing to it writes nothing', () => {
    const world = given({}, { id: 'prices', enter: pricing(3, DAY) });
    world.does({});
    world.does({ name: 'unsubscribed', event_id: 'u' });
    world.does({ name: 'page_viewed', path: '/pricing', event_id: 'a' });
    const before = world.memory('ada');
    world.does({ name: 'page_viewed', path: '/blog', event_id: 'b' });
    world.movesOut({ name: 'page_viewed', event_id: 'b' }, NOON);
    expect(world.memory('ada')).toBe(before);
  });

  test('what is true of a lead stays until it is merged away, and then no more', () => {
    const world = given({ steps: [mail('later', DAY)] });
    world.does({});
    world.passes(NOON + DAY + 1);
    expect(JSON.stringify(world.memory('ada'))).toContain('ada@example.com');
    world.merges(NOON + 2 * DAY);
    expect(JSON.stringify(world.memory('ada'))).not.toContain('"email":"ada@example.com"');
  });
});
