import { expect, test } from 'vitest';
import { renderExplanation } from '#app/cli/render/explanation';
import type { Explanation } from '#app/cli/reports';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 27, 12);
const base = { model_version: 'm1', occurred_at: NOW - DAY };
const ada: Explanation = {
  lead_id: 'ada',
  at: NOW,
  score: 72.5,
  contributions: [
    { ...base, event_id: 'e1', rule: 'clicked', raw: 30, points: 22.5, capped: 7.5 },
    { ...base, event_id: 'e2', rule: 'trial', raw: 50, points: 50, capped: 0 },
  ],
  grade: 'B',
  fit: { points: 20, reasons: [{ rule: 'large_company', points: 20, disqualifies: null }] },
  disqualified: null,
  stage: { stage: 'mql', since: Date.UTC(2026, 2, 3), visits: 2, reason: 'the score reached 50' },
  outlook: {
    next: [{ event_id: 'e2', rule: 'trial', points: 50, in_7_days: 42.5, ends_at: NOW + 6 * DAY }],
    waiting: [{ event_id: 'e3', rule: 'not_opened', at: NOW + DAY, points: -10 }],
    thresholds: [{ stage: 'mql', score: 50, direction: 'falls_below', at: NOW + 12.2 * DAY }],
    in_7_days: 60,
    in_30_days: 20,
  },
  next_stages: [
    {
      stage: 'sql',
      moves: [
        {
          move: 'accepted',
          reason: 'sales accepted the lead',
          conditions: [
            { condition: 'grade_at_least', wants: 'C', has: 'B', met: true, text: 'grade B, and needs C or better' },
            {
              condition: 'on',
              wants: ['handoff_accepted'],
              has: null,
              met: false,
              text: 'handoff_accepted has to happen',
            },
          ],
        },
      ],
    },
    { stage: 'customer', moves: [{ move: 'won', reason: 'the deal was won', conditions: [] }] },
  ],
};

test('everything that a marketer asks about one lead, largest reasons first', () => {
  expect(renderExplanation(ada, false)).toBe(`\
Lead ada has 72.50 points (grade B) at 2026-11-27T12:00:00.000Z, and is in stage mql since 2026-03-03, for the 2nd time (the score reached 50).
Grade B for +20.00 points of fit: large_company +20.00.
points  of      caps   rule     occurred at               event  model
+50.00  +50.00         trial    2026-11-26T12:00:00.000Z  e2     m1
+22.50  +30.00  −7.50  clicked  2026-11-26T12:00:00.000Z  e1     m1
If nothing more happens it has 60.00 points in 7 days and 20.00 in 30.
Falls below 50 (mql) on 2026-12-09, in 12 days, if nothing happens.
Still to count: not_opened −10.00 on 2026-11-28, in 1 day.
Changes next: trial, from +50.00 to +42.50 in 7 days; counts until 2026-12-03.
Missing for sql by accepted: handoff_accepted has to happen. Holds already: grade B, and needs C or better.
`);
});

test('a disqualified lead says why', () => {
  const reasons = [{ rule: 'competitor', points: 0, disqualifies: 'works at a competitor' }];
  const text = renderExplanation({ ...ada, disqualified: 'works at a competitor', fit: { points: 0, reasons } }, false);
  expect(text).toContain('It is disqualified: works at a competitor.\n');
  expect(text).toContain('competitor (works at a competitor).');
});

test('a rule without points is told first, as what it is', () => {
  const student = { ...base, event_id: 'e4', rule: 'student', raw: 0, points: 0, capped: 0 };
  const waiting = [{ event_id: 'e5', rule: 'never_answered', at: NOW + DAY, points: 0 }];
  const contributions = [...ada.contributions, student];
  const outlook = ada.outlook && { ...ada.outlook, waiting };
  const text = renderExplanation({ ...ada, contributions, disqualified: 'is a student', outlook }, false);

  const rows = text.split('\n').filter((line) => line.endsWith('m1'));
  expect(rows[0]).toMatch(/^disqualifies +student /);
  expect(rows[1]).toMatch(/^\+50\.00 +\+50\.00 +trial /);
  expect(text).toContain('Still to count: never_answered disqualifies on 2026-11-28, in 1 day.\n');
  expect(text).not.toContain('+0.00');
});

test('as JSON with every time in ISO 8601', () => {
  expect(JSON.parse(renderExplanation(ada, true))).toMatchObject({
    contributions: [{ points: 22.5, decayed: 30, capped: 7.5 }, {}],
    stage: { stage: 'mql', since: '2026-03-03T00:00:00.000Z', visits: 2 },
    outlook: {
      next: [{ ends_at: '2026-12-03T12:00:00.000Z' }],
      waiting: [{ at: '2026-11-28T12:00:00.000Z' }],
      thresholds: [{ stage: 'mql', at: '2026-12-09T16:48:00.000Z' }],
    },
  });
});
