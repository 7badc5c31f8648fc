import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decay } from '#lib/model/decay';
import type { Scoring, ScoringRule } from '#lib/model/model';
import { compared } from '#services/score/compared';
import { type Composition, compositionAfter, compositionAt } from '#services/score/composition';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import { nextDue } from '#services/score/due';
import { ruleOf, scoringOf } from '#services/score/given';
import { compareMatches, type Match, withMatches } from '#services/score/state';
import { walk } from '#services/score/walk';

/** Models whose times are so short that every millisecond can be looked at. */
const rule = fc.record({
  points: fc.constantFrom(-20, -10, 0, 5, 10, 30),
  halfLife: fc.constantFrom(40, 97, 300, Infinity),
  expiresAfter: fc.constantFrom(100, 350, 600),
  group: fc.constantFrom(undefined, 'g', 'h'),
  cap: fc.constantFrom(Infinity, 15, 40),
  perDay: fc.constantFrom(Infinity, Infinity, 3),
});
const model = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    groups: fc.record({ g: fc.constantFrom(Infinity, 30), h: fc.constantFrom(Infinity, 25) }),
    total: fc.constantFrom(Infinity, 50),
    capped: fc.boolean(),
  })
  .map(({ rules, groups, total, capped }): Scoring => {
    const named = rules.map((one, place): ScoringRule => {
      return ruleOf({ id: `r${place}`, ...one, cap: capped ? one.cap : Infinity });
    });
    const absence = { answeredBy: new Set(['answer']), within: 60, same: () => undefined };
    const silent = ruleOf({ id: 'silent', points: -10, halfLife: 97, expiresAfter: 350, absence });
    const all = [...named, silent];
    return scoringOf(capped ? { rules: all, groups, cap: total } : { rules: all });
  });

const matchOf = (rules: number): fc.Arbitrary<Match> =>
  fc
    .record({
      kind: fc.oneof(
        { weight: 4, arbitrary: fc.constant('points' as const) },
        { weight: 1, arbitrary: fc.constantFrom('question' as const, 'answer' as const) },
      ),
      rule: fc.nat(rules - 1),
      at: fc.nat(420),
      ahead: fc.nat(9),
      key: fc.constantFrom(null, null, 'k', 'l'),
    })
    .map(({ kind, rule: place, at, ahead, key }): Match => {
      const own = { model_version: 'v', event_id: '', publisher: 'p', at, ahead: ahead === 0, historic: false };
      if (kind === 'points') return { role: 'points', rule: `r${place}`, key, ...own };
      return { role: kind, rule: 'silent', key: key ?? 'k', ...own };
    });

const given = model.chain((scoring) =>
  fc.record({
    scoring: fc.constant(scoring),
    matches: fc
      .array(matchOf(scoring.rules.length - 1), { maxLength: 14 })
      .map((list) => list.map((one, i) => ({ ...one, event_id: `e${i}` })).sort(compareMatches)),
    at: fc.integer({ min: 150, max: 500 }),
  }),
);

function pricingOf(scoring: Scoring): Pricing {
  return { scoring, modelOf: () => ({ scoring }) as unknown as ReturnType<Pricing['modelOf']> };
}

/** When all has expired. */
const OVER = 1_200;

/** The most by which a composition errs while it says that it holds. */
function worst(composition: Composition, matches: readonly Match[], at: number, pricing: Pricing): number {
  let most = 0;
  for (let time = at; time < Math.min(composition.validUntil ?? OVER, OVER); time++) {
    const sum = composition.fading.reduce(
      (total, { half_life, points }) => total + points * decay(time - at, half_life ?? Infinity),
      0,
    );
    most = Math.max(most, Math.abs(sum - scoreOf(contributionsAt(matches, time, 'inclusive', pricing))));
  }
  return most;
}

test('a composition is the score, at every ms until it says that it may not be', () => {
  fc.assert(
    fc.property(given, ({ scoring, matches, at }) => {
      const pricing = pricingOf(scoring);
      const composition = compositionAt(matches, at, pricing);
      expect(worst(composition, matches, at, pricing)).toBeLessThan(1.001e-9);
      expect(composition.validUntil ?? Infinity).toBeGreaterThan(at);
    }),
    { numRuns: 1500 },
  );
});

test('records tell the same of what is at hand already, with or without caps', () => {
  const told = { walked: 0, compared: 0 };
  fc.assert(
    fc.property(given, fc.array(fc.nat(13), { maxLength: 2 }), ({ scoring, matches, at }, places) => {
      const pricing = pricingOf(scoring);
      // What is not ahead of its time has occurred.
      const all = matches.filter((one) => one.ahead || one.at <= at);
      const added = all.filter((_, place) => places.includes(place));
      const before = all.filter((one) => !added.includes(one));
      const known = new WeakMap();
      const after = withMatches(before, added);
      const walked = walk({ before, all: after, after, added, gone: [] }, at, pricing, known);
      told[walked === undefined ? 'compared' : 'walked']++;
      const { masses } = walked ?? compared(before, after, at, pricing);
      const due = nextDue(after, at, pricing.modelOf)?.at;
      const composition = compositionAfter(masses, due, after, at, pricing);
      expect(worst(composition, after, at, pricing)).toBeLessThan(1.001e-9);
      expect(composition.validUntil ?? Infinity).toBeGreaterThan(at);
    }),
    { numRuns: 1500 },
  );
  expect(told.walked).toBeGreaterThan(100);
  expect(told.compared).toBeGreaterThan(100);
});

test('where no cap binds, a composition holds until something expires or comes due', () => {
  fc.assert(
    fc.property(given, ({ scoring, matches, at }) => {
      const pricing = pricingOf(scoring);
      const { validUntil } = compositionAt(matches, at, pricing);
      const end = validUntil ?? OVER;
      const counted = (time: number) => contributionsAt(matches, time, 'inclusive', pricing);
      const binds = [at, end - 1, end].some((time) => counted(time).some(({ capped }) => capped !== 0));
      fc.pre(!binds);
      const names = (time: number) =>
        counted(time).flatMap(({ raw, event_id, rule: id }) => (raw === 0 ? [] : [`${id} ${event_id}`]));
      if (validUntil !== null) expect(names(end)).not.toEqual(names(end - 1));
      expect(names(end - 1)).toEqual(names(at));
    }),
    { numRuns: 1000 },
  );
});
