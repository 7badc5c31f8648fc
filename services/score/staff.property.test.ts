import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Activity } from '#schemas/generated/records';
import { DAY, givenScore, MINUTE } from '#services/score/given';
import { NOBODY, NOON } from '#test/given/activity';

const BOSS = 'email.boss@us.example';
const OTHER = 'email.ada@x.example';

type Deed = { readonly kind: 'does' | 'names' | 'hires' | 'owns' | 'moves' | 'passes'; readonly n: number };
const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('does', 'does', 'names', 'hires', 'owns', 'moves', 'passes'),
  n: fc.nat(9),
});
const rules = [
  { id: 'page_viewed', halfLife: Infinity },
  {
    id: 'asked',
    points: -3,
    halfLife: Infinity,
    absence: { answeredBy: new Set(['page_viewed']), same: () => '', within: DAY },
  },
];

/** Who becomes and ceases to be staff at any moment, in any way. */
test('records follow each other without a gap and end at what is explained, whoever is staff in between', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 25 }), (deeds) => {
      const ada = givenScore({ rules, thresholds: [5, 15] });
      const there: Partial<Activity>[] = [];
      let now = NOON;
      const does = (more: Partial<Activity>, minutes: number) => {
        const one = {
          event_id: `a${there.length}`,
          occurred_at: now - DAY + minutes * MINUTE,
          logged_at: now,
          ...more,
        };
        there.push(one);
        ada.does(one);
      };
      for (const { kind, n } of deeds) {
        now += MINUTE;
        if (kind === 'does') does({ name: n % 2 === 0 ? 'page_viewed' : 'asked' }, n * 100 + 600);
        // Also ahead of its time.
        const named = (identifier: string, network: string) => ({
          ...{ name: 'identified', network, identifiers: [identifier], occurred_at: now + (n - 6) * MINUTE },
          personal: { ...NOBODY, email: identifier.slice('email.'.length) },
        });
        if (kind === 'names') does(named(OTHER, ''), 0);
        if (kind === 'hires') does(named(BOSS, n % 3 === 0 ? '' : 'staff'), 0);
        if (kind === 'owns') ada.owns(...(n % 3 === 0 ? [OTHER] : [OTHER, BOSS]));
        if (kind === 'moves' && there.length > 0) ada.movesOut(there.splice(n % there.length, 1)[0] ?? {});
        if (kind === 'passes') now += n * 100 * MINUTE;
        ada.tick(now);
      }
      ada.tick(now + 3 * DAY);
      const records = ada.scored();
      for (const [i, { score, facts }] of records.entries()) {
        expect(score.before).toBe(records[i - 1]?.score.after ?? 0);
        if (facts?.staff === true) expect(score.after).toBe(0);
      }
      expect(records.at(-1)?.score.after ?? 0).toBe(ada.explain(now + 3 * DAY).score);
    }),
    { numRuns: 1000 },
  );
});
