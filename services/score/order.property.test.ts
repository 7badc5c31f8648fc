import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Grading } from '#lib/model/model';
import type { Activity, Contribution } from '#schemas/generated/records';
import { compareContributions } from '#services/score/contributions';
import { explainPublished } from '#services/score/explain';
import { DAY, type GivenModel, givenScore } from '#services/score/given';
import { NOBODY, NOON } from '#test/given/activity';

const keyed = (subject: { readonly activity: Activity }) => subject.activity.path ?? undefined;
const grading: Grading = {
  rules: [
    { id: 'large', points: 20, disqualifies: undefined, matches: ({ traits }) => Number(traits.size) >= 50 },
    { id: 'rival', points: 5, disqualifies: 'is a rival', matches: ({ email }) => email === 'rival' },
  ],
  grades: [{ grade: 'A', atLeast: 20 }],
  traits: new Set(['size']),
};
const rule = fc.record({
  points: fc.constantFrom(-20, -10, 5, 10, 30),
  halfLife: fc.constantFrom(3 * DAY, 30 * DAY, Infinity),
  expiresAfter: fc.constantFrom(20 * DAY, 400 * DAY),
  group: fc.constantFrom(undefined, 'g'),
  cap: fc.constantFrom(Infinity, 15, 40),
  perDay: fc.constantFrom(Infinity, 1, 2),
  oncePer: fc.constantFrom(undefined, keyed),
  disqualifies: fc.constantFrom(undefined, 'unwanted'),
});
const model = fc
  .record({ a: rule, b: rule, group: fc.constantFrom(Infinity, 30), cap: fc.constantFrom(Infinity, 50) })
  .map(({ a, b, group, cap }): GivenModel => {
    const absence = { answeredBy: new Set(['b']), within: 2 * DAY, same: keyed };
    const rules = [
      { id: 'a', ...a },
      { id: 'b', ...b },
      { id: 'not_b', on: 'a', points: -10, absence },
    ];
    const excludes = ({ personal }: Activity) => (personal.user_agent === 'bot' ? ('bot' as const) : undefined);
    return { rules, groups: { g: group }, cap, grading, excludes, thresholds: [10, 20, 30, 40] };
  });

const deed = fc.record({
  name: fc.constantFrom('a', 'b'),
  path: fc.constantFrom(null, 'm1', 'm2'),
  hours: fc.nat(24 * 12),
  said: fc.constantFrom({}, { traits: '{"size":80}' }, { traits: '{"size":1}' }, { email: 'rival' }, { email: 'x' }),
  bot: fc.nat(9),
});
const history = fc.array(deed, { maxLength: 14 }).map((deeds) =>
  deeds.map(({ name, path, hours, said, bot }, i): Partial<Activity> => {
    const personal = { ...NOBODY, ...said, ...(bot === 0 ? { user_agent: 'bot' } : {}) };
    const occurred_at = NOON + hours * 3_600_000;
    const identifiers = personal.email === null ? [] : [`email.${personal.email}`];
    return { event_id: `e${i}`, name, path, identifiers, occurred_at, logged_at: NOON + 13 * DAY, personal };
  }),
);

test('what is explained at any time depends on the set of activities, not on how they came, went and came again', () => {
  fc.assert(
    fc.property(
      model,
      history.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      fc.integer({ min: -1, max: 60 }),
      (given, [inOrder, leaving, shuffled], days) => {
        const plain = givenScore(given);
        const moved = givenScore(given);
        for (const one of [plain, moved]) one.owns('email.rival', 'email.x');
        plain.does(...inOrder);
        moved.does(...shuffled);
        for (const one of leaving) moved.movesOut(one);
        moved.does(...leaving.map((one) => ({ ...one, cause: 'move' as const })));
        for (const at of [NOON + 13 * DAY + days * DAY, NOON + 5 * DAY]) {
          expect(moved.explain(at)).toEqual(plain.explain(at));
        }
        expect(moved.facts()).toEqual(plain.facts());
      },
    ),
    { numRuns: 300 },
  );
});

test('contributions add up to the score, and what was published to the score published last', () => {
  fc.assert(
    fc.property(model, history, fc.nat(40), (given, list, days) => {
      const ada = givenScore(given);
      const inTime = list.map((one) => ({ ...one, logged_at: one.occurred_at ?? NOON }));
      ada.does(...inTime.sort((a, b) => (a.occurred_at ?? 0) - (b.occurred_at ?? 0)));
      ada.tick(NOON + (13 + days) * DAY);
      const at = NOON + (13 + days) * DAY - 1;
      const { score, contributions } = ada.explain(at);
      expect(sumOf(contributions)).toBeCloseTo(score, 9);
      const published = explainPublished(ada.scored(), ada.inForce(), ada.models);
      const last = ada.scored().at(-1);
      expect(published?.score ?? 0).toBeCloseTo(last?.score.after ?? 0, 9);
      const known = last === undefined ? [] : ada.explain(last.score.at).contributions;
      expect(published?.contributions ?? []).toEqual(known.toSorted(compareContributions));
      for (const { score: effect } of ada.scored()) {
        if (
          given.rules.every(({ cap }) => cap === Infinity) &&
          given.cap === Infinity &&
          given.groups?.g === Infinity
        ) {
          expect(effect.before + sumOf(effect.added) - sumOf(effect.removed)).toBeCloseTo(effect.after, 8);
        }
      }
    }),
    { numRuns: 300 },
  );
});

function sumOf(contributions: readonly Contribution[]): number {
  return contributions.reduce((sum, { points }) => sum + points, 0);
}
