import { describe, expect, test } from 'vitest';
import { givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

const KEPT = 10_000;
/** Behaviour that no rule knows, and as old as it is early. */
const visits = (identifier: string, count: number, from: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ event_id: `${identifier}-${i}`, name: 'visited', identifiers: [identifier] },
    ...{ occurred_at: from + i, logged_at: NOON },
  }));
const trial = (identifier: string, at: number) => ({
  ...{ event_id: `trial-${identifier}`, name: 'trial', identifiers: [identifier] },
  ...{ occurred_at: at, logged_at: NOON },
});
const scoreOf = (ada: ReturnType<typeof givenScore>) => ada.explain(NOON).contributions.map(({ event_id }) => event_id);

describe('the newest 10,000', () => {
  const rules = [{ id: 'trial', halfLife: Infinity }];
  const begin = NOON - 100_000;

  test('of each identifier are kept: what one does a lot does not push out what another did', () => {
    const ada = givenScore({ rules });
    ada.does(trial('ada', begin), trial('device', begin + 1), ...visits('device', KEPT, begin + 10));
    expect(scoreOf(ada)).toEqual(['trial-ada']);
    ada.does(...visits('ada', KEPT - 1, begin + 50_000));
    expect(scoreOf(ada)).toEqual(['trial-ada']);
    ada.does(trial('ada2', begin - 5), { ...trial('ada', NOON), event_id: 'newest' });
    expect(scoreOf(ada)).toEqual(['trial-ada2', 'newest']);
  });

  test('an older one than all of them goes on, but counts for nothing', () => {
    const ada = givenScore({ rules });
    ada.does(...visits('device', KEPT, begin), trial('device', begin - 1));
    expect(scoreOf(ada)).toEqual([]);
    expect(ada.scored()).toHaveLength(KEPT + 1);
  });

  test('what moves out leaves room for an older one', () => {
    const ada = givenScore({ rules });
    ada.does(...visits('device', KEPT, begin));
    ada.movesOut({ event_id: 'device-7', occurred_at: begin + 7 });
    ada.does(trial('device', begin - 1));
    expect(scoreOf(ada)).toEqual(['trial-device']);
    ada.does({ ...trial('device', NOON), event_id: 'newest' });
    expect(scoreOf(ada)).toEqual(['newest']);
  });
});
