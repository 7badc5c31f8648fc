import type { Diary } from '#app/generator/diary';
import { daysAfter } from '#app/generator/time';

const VALUES: readonly [number, ...number[]] = [2_400, 4_800, 6_000, 9_600, 12_000, 18_000, 36_000, 60_000];
const LOST: readonly [string, ...string[]] = ['price', 'competitor', 'no_budget', 'no_answer', 'missing_feature'];
const RETURNED: readonly [string, ...string[]] = ['too_early', 'no_budget', 'wrong_contact'];

/** What sales does with somebody who asked for a meeting or a trial at `since`. */
export function sell(diary: Diary, since: number): void {
  const { random } = diary;
  const taken = daysAfter(since, 0.1, 2, random);
  diary.sold(taken, 'handoff_accepted', false);
  if (random.chance(0.15)) {
    diary.sold(daysAfter(taken, 1, 5, random), 'handoff_returned', false, { reason: random.pick(RETURNED) });
    return;
  }
  if (!random.chance(0.75)) return;
  const value = { value: random.pick(VALUES), currency: 'EUR' };
  const opened = daysAfter(taken, 2, 8, random);
  diary.sold(opened, 'opportunity_created', true, value);
  const draw = random.next();
  const settled = daysAfter(opened, 4, 21, random);
  if (draw < 0.45) diary.sold(settled, 'deal_won', true, value);
  else if (draw < 0.8) diary.sold(settled, 'deal_lost', true, { reason: random.pick(LOST) });
}
