import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Activity } from '#schemas/generated/records';
import { DAY, type GivenModel, givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

const keyed = (subject: { readonly activity: Activity }) => subject.activity.path ?? undefined;
const rule = fc.record({
  points: fc.constantFrom(-20, -10, 5, 10, 30),
  halfLife: fc.constantFrom(3 * DAY, 30 * DAY, Infinity),
  expiresAfter: fc.constantFrom(20 * DAY, 400 * DAY),
  group: fc.constantFrom(undefined, 'g'),
  cap: fc.constantFrom(Infinity, Infinity, 15, 40),
  perDay: fc.constantFrom(Infinity, Infinity, 2),
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
    return { rules, groups: { g: group }, cap, thresholds: [10, 20, 40] };
  });

const deed = fc.record({
  name: fc.constantFrom('a', 'b'),
  path: fc.constantFrom(null, 'm1', 'm2'),
  /** Since the one before, and how much earlier (or, if negative, later) it occurred than it was reported. */
  hours: fc.nat(24 * 6),
  late: fc.constantFrom(0, 0, 0, 30, -5),
});

test('each record says what the score fades to, until it says that something else may change it', () => {
  fc.assert(
    fc.property(model, fc.array(deed, { minLength: 1, maxLength: 10 }), fc.nat(60), (given, deeds, days) => {
      const ada = givenScore(given);
      const checkLast = () => {
        const last = ada.scored().at(-1);
        if (last === undefined) return;
        const { score, fading, valid_until } = last;
        const end = Math.min(valid_until ?? Infinity, score.at + 500 * DAY);
        expect(end).toBeGreaterThan(score.at);
        for (const share of [0, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
          const at = Math.floor(score.at + share * (end - 1 - score.at));
          const sum = fading.reduce(
            (total, { half_life, points }) =>
              total + points * (half_life === null ? 1 : 2 ** (-(at - score.at) / half_life)),
            0,
          );
          expect(Math.abs(sum - ada.explain(at).score)).toBeLessThan(1.001e-9);
        }
      };
      let now = NOON;
      for (const { name, path, hours, late } of deeds) {
        now += hours * 3_600_000;
        ada.does({ name, path, occurred_at: now - late * 3_600_000, logged_at: now });
        checkLast();
      }
      ada.tick(now + days * DAY);
      checkLast();
    }),
    { numRuns: 500 },
  );
});
