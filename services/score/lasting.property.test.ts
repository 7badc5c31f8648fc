import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeIn, timeKey } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';
import { DAY, givenScore } from '#services/score/given';
import { keep } from '#services/score/kept';
import { type Retention, retain } from '#services/score/retention';
import { activity, NOBODY, NOON } from '#test/given/activity';
import { CountedTable } from '#test/given/counted-table';

const RULES = { rules: [{ id: 'visited' }] };
const MAIL = 'email.ada';
const FROM = ['user.ada', 'anonymous.phone'] as const;
const AFTERWARDS = NOON + 400 * DAY;

const saying = fc.record({
  from: fc.constantFrom(...FROM),
  name: fc.constantFrom('visited', 'visited', 'identified', 'subscribed', 'unsubscribed', 'email_bounced'),
  list: fc.constantFrom('a', 'b', undefined),
  traits: fc.constantFrom({}, {}, { size: 1 }, { size: 2, role: 'buyer' }, { role: null }),
  mail: fc.boolean(),
  days: fc.nat(9),
});

const history = fc.array(saying, { maxLength: 16 }).map((all) =>
  all.map(({ from, name, list, traits, mail, days }, i): Partial<Activity> => {
    const personal = { ...NOBODY, traits: JSON.stringify(traits), email: mail ? 'ada@example.com' : null };
    const identifiers = mail ? [from, MAIL] : [from];
    const properties = JSON.stringify(list === undefined ? {} : { list });
    return { event_id: `e${i}`, name, identifiers, properties, personal, ...at(days, i) };
  }),
);

function at(days: number, place: number): Partial<Activity> {
  return { occurred_at: NOON + days * DAY + (place % 3), logged_at: AFTERWARDS };
}

/** The facts that last, of a lead that keeps so many activities of an identifier. */
function lastingFacts(activities: readonly Partial<Activity>[], kept?: number) {
  const ada = givenScore(RULES, kept);
  ada.owns(MAIL);
  ada.does(...activities);
  const { personal, consents, address_closed } = ada.facts().facts;
  return { email: personal.email, traits: personal.traits, consents, address_closed, scored: ada };
}

test('what lasts is the same however few activities are kept, and in whatever order they came', () => {
  fc.assert(
    fc.property(
      history.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      fc.integer({ min: 1, max: 4 }),
      ([inOrder, shuffled], most) => {
        const { scored: _all, ...expected } = lastingFacts(inOrder);
        const { scored, ...facts } = lastingFacts(shuffled, most);
        expect(facts).toEqual(expected);
        expect(scored.state()?.kept ?? 0).toBeLessThanOrEqual(most * FROM.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('an activity that lasts for its words scores no more, and goes once one that says them again has left, too', () => {
  const says = (id: string, days: number, traits: object): Partial<Activity> => ({
    event_id: id,
    name: 'visited',
    identifiers: ['user.ada'],
    personal: { ...NOBODY, traits: JSON.stringify(traits) },
    ...at(days, 0),
  });
  const ada = givenScore({ rules: [{ id: 'visited', halfLife: Infinity }] }, 2);
  ada.does(says('old', 0, { role: 'buyer' }), says('b', 1, {}), says('c', 2, {}));
  expect(ada.explain(AFTERWARDS).contributions.map(({ event_id }) => event_id)).toEqual(['b', 'c']);
  expect(ada.facts().facts.personal.traits).toBe('{"role":"buyer"}');
  const lasting = () => Object.values(ada.state()?.lasting?.['user.ada'] ?? {}).map(timeIn);
  expect(lasting()).toEqual([NOON]);
  ada.does(says('d', 3, { role: 'boss' }));
  expect(ada.facts().facts.personal.traits).toBe('{"role":"boss"}');
  ada.does(says('e', 4, {}), says('f', 5, {}));
  expect(lasting()).toEqual([NOON + 3 * DAY]);
  expect(ada.facts().facts.personal.traits).toBe('{"role":"boss"}');
});

test('an activity beyond the bounds reads none of those that are kept, whatever was said long ago', () => {
  const items = new CountedTable();
  let state: Retention = { kept: 0 };
  const keeps = (day: number, traits: object) => {
    const one = activity({ identifiers: ['user.ada'], personal: { ...NOBODY, traits: JSON.stringify(traits) } });
    const added = { key: timeKey(NOON + day * DAY), kept: keep(one, undefined) };
    const { retention, items: changes } = retain(state, added, items, 1_000);
    items.table.apply(changes);
    state = retention;
  };
  for (let day = 0; day < 1_200; day++) keeps(day, day < 50 ? { [`trait_${day}`]: day } : {});
  items.read = 0;
  keeps(1_200, { last: true });
  expect(items.read).toBeLessThan(10);
  expect(Object.keys(state.lasting?.['user.ada'] ?? {})).toHaveLength(50);
});

test('when the last opt-out moves away and the one before it was let go, mail stays closed; a trait is unknown', () => {
  const does = (id: string, name: string, days: number, traits: object = {}): Partial<Activity> => ({
    event_id: id,
    name,
    identifiers: ['anonymous.phone'],
    personal: { ...NOBODY, traits: JSON.stringify(traits) },
    ...at(days, 0),
  });
  const ada = givenScore(RULES, 1);
  ada.does(does('first', 'unsubscribed', 0, { role: 'buyer' }), does('second', 'unsubscribed', 1, { role: 'boss' }));
  ada.does(does('visit', 'visited', 2));
  ada.movesOut({ event_id: 'second', occurred_at: NOON + DAY });
  const { consents, personal } = ada.facts().facts;
  expect(consents).toEqual([{ channel: 'mail', topic: '', open: false }]);
  expect(personal.traits).toBe('{}');
});
