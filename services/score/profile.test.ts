import { expect, test } from 'vitest';
import type { Grading, Profile } from '#lib/model/model';
import { DAY, type GivenModel, givenScore } from '#services/score/given';
import { NOBODY, NOON } from '#test/given/activity';

const isLarge = ({ traits }: Profile) => Number(traits.company_size) >= 50;
const grading: Grading = {
  rules: [
    { id: 'large', points: 20, disqualifies: undefined, matches: isLarge },
    { id: 'buyer', points: 25, disqualifies: undefined, matches: ({ traits }) => traits.role === 'buyer' },
    { id: 'rival', points: 0, disqualifies: 'is a rival', matches: ({ email }) => email.endsWith('@rival.com') },
  ],
  grades: [
    { grade: 'A', atLeast: 40 },
    { grade: 'B', atLeast: 20 },
    { grade: 'C', atLeast: 0 },
  ],
  traits: new Set(['company_size', 'role']),
};
const model: GivenModel = { rules: [{ id: 'visited' }], grading };
const says = (traits: object, more: object = {}) => ({
  personal: { ...NOBODY, traits: JSON.stringify(traits) },
  ...more,
});

test('a grade is what the fit rules make of the last word on each trait', () => {
  const ada = givenScore(model);
  ada.does(says({ company_size: 80 }), says({ role: 'buyer', other: 1 }), says({ company_size: 10 }));
  expect(ada.scored().map(({ grade }) => grade)).toEqual(['B', 'A', 'B']);
  expect(ada.explain(NOON).fit).toEqual({
    points: 25,
    reasons: [{ rule: 'buyer', points: 25, disqualifies: null }],
  });
});

test('the last word is the one that was said last, not the one that came last', () => {
  const ada = givenScore(model);
  ada.does(says({ company_size: 80 }, { occurred_at: NOON + DAY }), says({ company_size: 10 }, { occurred_at: NOON }));
  expect(ada.scored().map(({ grade }) => grade)).toEqual(['B', 'B']);
  expect(ada.explain(NOON).grade).toBe('C');
  expect(ada.explain(NOON + DAY).grade).toBe('B');
});

test('what moves out takes its word along: the one before it holds again', () => {
  const ada = givenScore(model);
  ada.does(says({ company_size: 80 }), says({ company_size: 10 }, { occurred_at: NOON + DAY }));
  ada.movesOut({ event_id: 'e2', occurred_at: NOON + DAY });
  expect(ada.scored().map(({ grade }) => grade)).toEqual(['B', 'C', 'B']);
});

test('another model reads the profile anew from what is kept', () => {
  const ada = givenScore({ rules: model.rules });
  ada.does(says({ company_size: 80, role: 'buyer' }));
  ada.apply(model);
  ada.does({});
  expect(ada.scored().map(({ grade }) => grade)).toEqual(['', 'A']);
});

test('an address can disqualify; one that has changed no longer does', () => {
  const ada = givenScore(model);
  const from = (email: string, more: object = {}) => ({
    identifiers: [`email.${email}`],
    personal: { ...NOBODY, email },
    ...more,
  });
  ada.owns('email.ada@example.com', 'email.ada@rival.com');
  ada.does(from('ada@rival.com'), from('ada@example.com', { occurred_at: NOON + 1 }));
  expect(ada.scored().map(({ disqualified }) => disqualified)).toEqual([null, 'is a rival', null]);
});

test('a word that lies ahead of its time is heard when that has come', () => {
  const ada = givenScore(model);
  ada.does(
    says({ company_size: 10 }),
    says({ company_size: 80 }, { occurred_at: NOON + 60_000, logged_at: NOON }),
    { occurred_at: NOON + 30_000 },
    { occurred_at: NOON + 60_000 },
  );
  expect(ada.scored().map(({ grade }) => grade)).toEqual(['C', 'C', 'C', 'B']);
});
