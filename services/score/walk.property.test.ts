import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contributionsAt, type Pricing } from '#services/score/contributions';
import { effectOf } from '#services/score/effect';
import { decaySums } from '#services/score/fading';
import { scoringOf } from '#services/score/given';
import { type Masses, massesOf } from '#services/score/masses';
import { type Match, withMatches, withoutActivity } from '#services/score/state';
import { walk } from '#services/score/walk';

const absence = { answeredBy: new Set(['answer']), within: 5, same: () => 'm' };
const scoring = scoringOf({
  rules: [
    { id: 'up', points: 10, halfLife: 7, expiresAfter: 30 },
    { id: 'down', points: -3, halfLife: Infinity, disqualifies: 'no' },
    { id: 'silent', points: -5, halfLife: 20, absence },
  ],
});
const pricing: Pricing = { scoring, modelOf: () => ({ scoring }) as unknown as ReturnType<Pricing['modelOf']> };

const match: fc.Arbitrary<Match> = fc
  .record({
    kind: fc.constantFrom('up', 'down', 'question', 'answer'),
    event_id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    publisher: fc.constantFrom('p', 'p', 'p', 'q'),
    at: fc.nat(50),
    key: fc.constantFrom(null, 'k', 'l'),
    ahead: fc.boolean(),
  })
  .map(({ kind, key, ...own }): Match => {
    const isPoints = kind === 'up' || kind === 'down';
    const named = { model_version: 'v', historic: false, ...own };
    if (isPoints) return { role: 'points', rule: kind, key, ...named };
    return { role: kind === 'question' ? 'question' : 'answer', rule: 'silent', key: key ?? 'm', ...named };
  });

function plain({ steady, ...masses }: Masses) {
  return { ...masses, until: steady.until, fading: decaySums(steady.fading) };
}

test('one walk tells what comparing the contributions before and after tells, or nothing', () => {
  const told = { additions: 0, removals: 0 };
  fc.assert(
    fc.property(
      fc.array(match, { maxLength: 14 }),
      fc.array(match, { maxLength: 2 }),
      fc.option(fc.nat(13), { nil: undefined }),
      fc.integer({ min: 20, max: 60 }),
      (had, added, place, at) => {
        const before = withMatches([], had);
        const all = withMatches(before, added);
        const lost = place === undefined ? undefined : all[place];
        const { gone, left: after } =
          lost === undefined ? { gone: [], left: all } : withoutActivity(all, { ...lost, occurred_at: lost.at });
        const known = new WeakMap();
        const first = { before: [], all: before, after: before, added: before, gone: [] };
        walk(first, at, pricing, known);
        const walked = walk({ before, all, after, added, gone }, at, pricing, known);
        if (walked === undefined) return;
        told[gone.length > 0 ? 'removals' : 'additions']++;
        const now = contributionsAt(after, at, 'exclusive', pricing);
        expect(walked.effect).toEqual(effectOf(contributionsAt(before, at, 'exclusive', pricing), now, at));
        expect(plain(walked.masses)).toEqual(plain(massesOf(now, at, pricing)));
        expect(walked.disqualifying.map(({ rule }) => rule)).toEqual(
          now.filter(({ rule }) => rule === 'down').map(({ rule }) => rule),
        );
      },
    ),
    { numRuns: 6000 },
  );
  expect(told.additions).toBeGreaterThan(500);
  expect(told.removals).toBeGreaterThan(200);
});
