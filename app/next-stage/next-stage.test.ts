import { describe, expect, test } from 'vitest';
import type { Judged, Query } from '#app/next-stage/facts';
import { readNextStages } from '#app/next-stage/next-stage';
import { edited, modelOf } from '#lib/model/given';
import type { ModelFiles } from '#lib/model/model';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const ADA: Judged = { lead_id: 'ada', at: NOW, score: 0, grade: '', disqualified: null };

interface Given {
  readonly known?: boolean;
  /** The newest first, as days ago. */
  readonly entered?: readonly (readonly [stage: string, daysAgo: number])[];
  readonly done?: readonly (readonly [name: string, daysAgo: number])[];
}

/** Stands in for the tables; undefined: they do not know the lead. */
function tables(given: Given | undefined): Query {
  return async (sql) => {
    if (sql.includes('FROM leads')) {
      return given === undefined ? [] : [{ known: given.known ?? true, first_seen_ms: NOW - 100 * DAY }];
    }
    const entered = given?.entered ?? [['lead', 50]];
    if (sql.includes('FROM stage_changes'))
      return entered.map(([to_stage, ago]) => ({ to_stage, at_ms: NOW - ago * DAY }));
    return (given?.done ?? []).map(([name, ago]) => ({ name, last_ms: NOW - ago * DAY }));
  };
}

/** The small model; its move qualified asks for this. */
function asking(when: string): ModelFiles {
  const files = edited('stages.yaml', 'when: { score_at_least: 50 }', `when: ${when}`);
  const graded = `${files['scoring.yaml']}grade:\n  grades: { A: 40, B: 20, C: 0 }\n  rules:\n    - { id: large, where: lead.traits.company_size >= 50, points: 40 }\n    - { id: small, where: lead.traits.company_size < 5, points: -5 }\n    - { id: student, where: 'lead.traits.title == "Student"', disqualifies: is a student }\n`;
  return { ...files, 'scoring.yaml': graded };
}

async function nextOf(when: string, judged: Partial<Judged>, given: Given = {}) {
  return readNextStages(tables(given), modelOf(asking(when)), { ...ADA, ...judged });
}

/** What is told of the conditions of qualified. */
async function told(when: string, judged: Partial<Judged>, given: Given = {}) {
  const [mql] = await nextOf(when, judged, given);
  const move = mql?.moves.find((one) => one.move === 'qualified');
  return move?.conditions.map(({ condition, met, text }) => [condition, met, text]);
}

describe('why a lead is not in the next stage', () => {
  test('50 points, grade C, and the move needs grade B', async () => {
    expect(await told('{ score_at_least: 50, grade_at_least: B }', { score: 50, grade: 'C' })).toEqual([
      ['score_at_least', true, 'score 50.00 of 50'],
      ['grade_at_least', false, 'grade C, needs B or better'],
    ]);
  });

  test('points that are missing, and rules that give so many at once', async () => {
    expect(await told('{ score_at_least: 50 }', { score: 41.5 })).toEqual([
      ['score_at_least', false, 'score 41.50 of 50, 8.50 points missing (pricing_page_viewed +10 would do)'],
    ]);
    const far = await told('{ score_at_least: 50 }', { score: -3 });
    expect(far).toEqual([['score_at_least', false, 'score -3.00 of 50, 53.00 points missing']]);
  });

  test('what rounds to nothing is not told as nothing', async () => {
    expect(await told('{ score_at_least: 50 }', { score: 49.9999 })).toMatchObject([
      ['score_at_least', false, expect.stringContaining('less than 0.01 points missing')],
    ]);
  });

  test('a move with a behaviour says which would do it', async () => {
    const [mql] = await nextOf('{ score_at_least: 50 }', {});
    expect(mql?.moves.find(({ move }) => move === 'asked')).toEqual({
      move: 'asked',
      reason: 'asked for a large demo',
      conditions: [
        {
          condition: 'on',
          wants: ['demo_requested', 'form_submitted'],
          has: null,
          met: false,
          text: 'demo_requested or form_submitted has to happen, with event.properties.seats >= 10',
        },
      ],
    });
  });

  test('times to wait are told with when they are over', async () => {
    const given: Given = {
      entered: [['lead', 20]],
      done: [
        ['page_viewed', 3],
        ['email_sent', 1],
      ],
    };
    expect(await told('{ stayed_for: 30d, quiet_for: 7d }', {}, given)).toEqual([
      ['quiet_for', false, 'quiet for 3d of 7d, until 2026-06-05'],
      ['stayed_for', false, 'in stage lead for 20d of 30d, until 2026-06-11'],
    ]);
  });

  test.each([
    ['{ identified: true }', {}, { known: false }, [['identified', false, 'a user id or mail address is missing']]],
    ['{ score_below: 5 }', { score: 9 }, {}, [['score_below', false, 'score 9.00, has to fall below 5']]],
    ['{ grade_at_least: A }', {}, {}, [['grade_at_least', false, 'has no grade, needs A']]],
    ['{ grade_below: B }', { grade: 'C' }, {}, [['grade_below', true, 'grade C, worse than B']]],
    [
      '{ disqualified: true }',
      { disqualified: 'is a student' },
      {},
      [['disqualified', true, 'is disqualified: is a student']],
    ],
    ['{ been_in: dormant }', {}, {}, [['been_in', false, 'was never in stage dormant']]],
    [
      '{ been_in: [dormant, mql] }',
      {},
      {
        entered: [
          ['lead', 5],
          ['mql', 9],
        ] as const,
      },
      [['been_in', true, 'has been in stage dormant or mql']],
    ],
    ['{ active: true }', {}, {}, [['active', false, 'has to do something of its own']]],
    ['{ stayed_for: 30d }', {}, {}, [['stayed_for', true, 'in stage lead for 50d, and needs 30d']]],
    ['{ quiet_for: 30d }', {}, {}, [['quiet_for', true, 'quiet for 100d, and needs 30d']]],
  ])('%s', async (when, judged, given, right) => {
    expect(await told(when, judged, given)).toEqual(right);
  });
});

test('where nothing leads up, and of a lead that the tables do not know, nothing is told', async () => {
  expect(await nextOf('{ score_at_least: 50 }', {}, { entered: [['mql', 1]] })).toEqual([]);
  expect(await readNextStages(tables(undefined), modelOf(asking('{ identified: true }')), ADA)).toEqual([]);
});

test('who has never moved is on the lowest rung', async () => {
  const next = await nextOf('{ score_at_least: 50 }', {}, { entered: [], known: false });
  expect(next.map(({ stage }) => stage)).toEqual(['lead']);
});
