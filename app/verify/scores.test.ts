import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { ScoresOfNow } from '#app/verify/scores';
import { DAY, type GivenScore, givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

const LATER = NOON + 30 * DAY;

/** What is found when analysts read these scores of leads at a time. */
async function findingsOf(given: GivenScore, told: Readonly<Record<string, number>>, at = LATER, exact = 1) {
  const findings = new Findings();
  const rows = Object.entries(told).map(([lead_id, score]) => ({ lead_id, score, at: String(at), exact }));
  const scores = await ScoresOfNow.read({ rows: async () => rows }, given.models, findings);
  scores.compare(given.drive.table('score', 0));
  expect(scores.end()).toBe(rows.length);
  return findings.differences;
}

test('a score is what explains it at the time beside it, to 1e-9', async () => {
  const given = givenScore({ rules: [{ id: 'trial', points: 50 }] });
  given.does({ name: 'trial' });
  expect(await findingsOf(given, { ada: 25 })).toEqual([]);
  expect(await findingsOf(given, { ada: 25 + 1e-9 })).toEqual([]);
  expect(await findingsOf(given, { ada: 25 + 3e-9 })).toHaveLength(1);
  expect(await findingsOf(given, { ada: 50 })).toEqual([
    { where: 'score of leads', key: 'ada at 2024-03-31T12:00:00.000Z', stored: '50', recomputed: '25' },
  ]);
});

test('a lead that score does not know is named', async () => {
  const given = givenScore({ rules: [{ id: 'trial', points: 50 }] });
  expect(await findingsOf(given, { bob: 0 })).toMatchObject([
    { key: expect.stringMatching(/^bob at /), recomputed: '' },
  ]);
});

test('what the caps of an earlier model left is right only where it is not told as exact', async () => {
  const rules = [{ id: 'trial', points: 50 }];
  const given = givenScore({ rules });
  given.does({ name: 'trial' });
  given.apply({ rules, cap: 10 });
  expect(await findingsOf(given, { ada: 25 }, LATER, 0)).toEqual([]);
  expect(await findingsOf(given, { ada: 10 }, LATER, 0)).toEqual([]);
  expect(await findingsOf(given, { ada: 20 }, LATER, 0)).toHaveLength(1);
  expect(await findingsOf(given, { ada: 10 })).toEqual([]);
  expect(await findingsOf(given, { ada: 25 })).toHaveLength(1);
});
