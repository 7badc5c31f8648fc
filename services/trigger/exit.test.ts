import { describe, expect, test } from 'vitest';
import { DAY, HOUR, mail } from '#services/trigger/given';
import { given } from '#services/trigger/world';
import { NOON } from '#test/given/activity';

describe('leaving', () => {
  const exiting = () => given({ exitOn: new Set(['deal_won', 'unsubscribed']), steps: [mail('later', DAY)] });
  const later = NOON + DAY + 1;

  test('a behaviour that ends the program ends it, live or historic', () => {
    for (const cause of ['live', 'historic'] as const) {
      const world = exiting();
      world.does({ occurred_at: NOON });
      world.does({ name: 'deal_won', event_id: 'e2', occurred_at: NOON + HOUR, cause });
      world.passes(later);
      expect(world.steps()).toEqual([]);
    }
  });

  test('a moved behaviour does not, save an unsubscribe', () => {
    const world = exiting();
    world.does({ occurred_at: NOON });
    world.does({ name: 'deal_won', event_id: 'e2', occurred_at: NOON + HOUR, cause: 'move' });
    world.does({ occurred_at: NOON }, { lead_id: 'bob' });
    world.does({ name: 'unsubscribed', event_id: 'e3', occurred_at: NOON + HOUR, cause: 'move' }, { lead_id: 'bob' });
    world.passes(later);
    expect(world.triggers().map((trigger) => trigger.lead_id)).toEqual(['ada']);
  });

  test('a merge ends all programs; when they were entered is known if the lead comes back', () => {
    const world = exiting();
    world.does({ occurred_at: NOON });
    world.merges(NOON + HOUR);
    world.passes(later);
    expect(world.steps()).toEqual([]);
    expect(world.memory('ada')).toMatchObject({ closed: 'ended', running: null, entered: { papers: NOON } });
  });

  test('who left the audience leaves silently at the next step, and who came back by then goes on', () => {
    const world = exiting();
    world.does({ occurred_at: NOON });
    world.does({ occurred_at: NOON }, { lead_id: 'bob' });
    const seen = { name: 'page_viewed', event_id: 'e2', occurred_at: NOON + HOUR };
    world.does(seen, { stage_after: 'customer' });
    world.does(seen, { lead_id: 'bob', stage_after: 'customer' });
    world.does({ ...seen, event_id: 'e3' }, { lead_id: 'bob', stage_after: 'lead' });
    world.passes(later);
    expect(world.triggers().map((trigger) => trigger.lead_id)).toEqual(['bob']);
  });
});
