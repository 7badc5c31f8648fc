import { expect, test } from 'vitest';
import type { StageMessage } from '#schemas/topics';
import { applies, DAY, did, rowsOfMessages, shown, written } from '#services/analyze/given';
import { activity, NOON } from '#test/given/activity';
import { stageMove } from '#test/given/model';

const CLUB = 'guest member patron | paused';

/** Somebody's activity that moves them from one stage to another. */
function moves(lead: string, from: string, to: string, day = 0, seq = 1): StageMessage {
  const at = NOON + day * DAY;
  const done = activity({ lead_id: lead, event_id: `${lead}${day}`, seq, occurred_at: at, logged_at: at });
  const move = stageMove({ from_stage: from, to_stage: to, at });
  return { type: 'Staged', value: did(done, { stage_before: from, stage_after: to, moves: [move] }) };
}

/** By stage, how many ever reached it. */
function reachedAfter(messages: readonly StageMessage[]): Readonly<Record<string, number>> {
  const counters = shown(rowsOfMessages(messages), 'funnel_counters_rows', ['day_number', 'stage', 'source']);
  const sums: Record<string, number> = {};
  for (const { stage, entered } of counters) {
    if (entered !== 0) sums[String(stage)] = (sums[String(stage)] ?? 0) + Number(entered);
  }
  return sums;
}

test('whoever skips a stage of the ladder has reached it, whatever the stages are called', () => {
  const messages = [applies(CLUB), moves('ada', 'guest', 'patron'), moves('bo', 'guest', 'member')];
  expect(reachedAfter(messages)).toEqual({ guest: 2, member: 2, patron: 1 });
});

test('the order is that of the model, not that of the usual names', () => {
  const messages = [applies('visitor mql lead customer'), moves('ada', 'visitor', 'lead')];
  expect(reachedAfter(messages)).toEqual({ visitor: 1, mql: 1, lead: 1 });
});

test('a stage beside the ladder is reached alone', () => {
  expect(reachedAfter([applies(CLUB), moves('ada', 'guest', 'paused')])).toEqual({ guest: 1, paused: 1 });
});

test('each record counts by the ladder in force at it: what was reached before another model came stays', () => {
  const messages = [
    applies('guest member patron', 0),
    moves('ada', 'guest', 'patron', 0, 1),
    applies('guest friend patron', 2),
    moves('bo', 'guest', 'patron', 1, 3),
  ];
  expect(reachedAfter(messages)).toEqual({ guest: 2, member: 1, friend: 1, patron: 2 });
});

test('each model that comes into force writes the row of its stages; one that comes again, a newer version of it', () => {
  const messages = [applies(CLUB, 4, 'a'), applies('guest patron | paused', 6, 'b'), applies(CLUB, 9, 'a')];
  const rows = written(rowsOfMessages(messages), 'ladders_rows');
  expect(rows.map(({ model_version, ladder, beside, seq }) => [model_version, ladder, beside, seq])).toEqual([
    ['a', ['guest', 'member', 'patron'], ['paused'], 4],
    ['b', ['guest', 'patron'], ['paused'], 6],
    ['a', ['guest', 'member', 'patron'], ['paused'], 9],
  ]);
});
