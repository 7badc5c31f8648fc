import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScoringRule } from '#lib/model/model';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import { ruleOf, scoringOf } from '#services/score/given';
import { massesOf } from '#services/score/masses';
import { compareMatches, type Match } from '#services/score/state';
import { crosses, nextCrossing, notCrossedBefore } from '#services/score/thresholds';

/** A model whose times are so short that every millisecond can be looked at. */
const rule = fc.record({
  points: fc.constantFrom(-20, -10, 5, 10, 30),
  halfLife: fc.constantFrom(40, 97, 300, Infinity),
  expiresAfter: fc.constantFrom(100, 350, 600),
  group: fc.constantFrom(undefined, 'g'),
  cap: fc.constantFrom(Infinity, 15, 40),
  perDay: fc.constantFrom(Infinity, 3),
});
const model = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    group: fc.constantFrom(Infinity, 30),
    total: fc.constantFrom(Infinity, 50),
    capped: fc.boolean(),
  })
  .map(({ rules, group, total, capped }) => {
    const named = rules.map((one, place): ScoringRule => {
      return ruleOf({ id: `r${place}`, ...one, cap: capped ? one.cap : Infinity });
    });
    return scoringOf(capped ? { rules: named, groups: { g: group }, cap: total } : { rules: named });
  });

const matchesOf = (rules: number) =>
  fc.array(
    fc
      .record({ rule: fc.nat(rules - 1), at: fc.nat(400), ahead: fc.nat(9) })
      .map(({ rule: place, at, ahead }): Match => {
        const own = { role: 'points', rule: `r${place}`, model_version: 'v', publisher: 'p', key: null } as const;
        return { ...own, event_id: 'e', at, ahead: ahead === 0, historic: false };
      }),
    { maxLength: 12 },
  );

const level = fc.constantFrom(-25, -10, 0, 5, 12, 20, 35);
const levels = fc.uniqueArray(level, { maxLength: 4 }).map((list) => list.sort((a, b) => a - b));
const given = model.chain((scoring) =>
  fc.record({
    scoring: fc.constant(scoring),
    matches: matchesOf(scoring.rules.length).map((list) =>
      list.map((one, i) => ({ ...one, event_id: `e${i}` })).sort(compareMatches),
    ),
    since: fc.integer({ min: 200, max: 500 }),
    thresholds: levels,
  }),
);

function pricingOf(scoring: ReturnType<typeof scoringOf>): Pricing {
  return { scoring, modelOf: () => ({ scoring }) as unknown as ReturnType<Pricing['modelOf']> };
}

test('the first ms of a crossing is the one that looking at every ms finds', () => {
  fc.assert(
    fc.property(given, ({ scoring, matches, since, thresholds }) => {
      const pricing = pricingOf(scoring);
      const scoreAt = (at: number) => scoreOf(contributionsAt(matches, at, 'inclusive', pricing));
      let found: number | undefined;
      let before = scoreAt(since);
      for (let at = since + 1; at < 1100 && found === undefined; at++) {
        const after = scoreAt(at);
        if (crosses(before, after, thresholds)) found = at;
        before = after;
      }
      expect(nextCrossing(matches, since, pricing, thresholds)).toBe(found);
    }),
    { numRuns: 400 },
  );
});

test('no crossing comes before the time that records are told', () => {
  fc.assert(
    fc.property(given, ({ scoring, matches, since, thresholds }) => {
      const pricing = pricingOf(scoring);
      const nothingAhead = matches.filter(({ at }) => at <= since);
      const now = contributionsAt(nothingAhead, since, 'inclusive', pricing);
      const told = notCrossedBefore(since, scoreOf(now), massesOf(now, since, pricing), thresholds);
      const crossing = nextCrossing(nothingAhead, since, pricing, thresholds) ?? Infinity;
      expect(told ?? Infinity).toBeLessThanOrEqual(crossing);
      expect(told ?? Infinity).toBeGreaterThan(since);
    }),
    { numRuns: 1000 },
  );
});

test('points after caps add up to sums within the caps, whatever the half-lives and signs', () => {
  fc.assert(
    fc.property(given, ({ scoring, matches, since }) => {
      const contributions = contributionsAt(matches, since, 'inclusive', pricingOf(scoring));
      const sumOf = (of: (id: string) => boolean) =>
        contributions.filter(({ rule: id }) => of(id)).reduce((sum, { points }) => sum + points, 0);
      for (const { id, cap } of scoring.rules) {
        expect(Math.abs(sumOf((one) => one === id))).toBeLessThanOrEqual(cap + 1e-9);
      }
      const inGroup = (id: string) => scoring.rule(id)?.group === 'g';
      // The total takes from the newest of all groups, so a group's own cap is looked at where there is none.
      if (scoring.cap === Infinity) expect(Math.abs(sumOf(inGroup))).toBeLessThanOrEqual(scoring.groupCap('g') + 1e-9);
      expect(Math.abs(sumOf(() => true))).toBeLessThanOrEqual(scoring.cap + 1e-9);
      expect(scoreOf(contributions)).toBeCloseTo(
        sumOf(() => true),
        9,
      );
      for (const { points, capped, raw } of contributions) {
        expect(Math.sign(points) * Math.sign(raw)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(points + capped)).toBeLessThanOrEqual(Math.abs(raw) + 1e-9);
        expect(Math.abs(points)).toBeLessThanOrEqual(Math.abs(points + capped) + 1e-9);
      }
    }),
    { numRuns: 500 },
  );
});
