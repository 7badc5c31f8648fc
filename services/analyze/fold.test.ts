import { describe, expect, test } from 'vitest';
import { NO_FACTS, NOBODY } from '#lib/facts/facts';
import {
  contribution,
  DAY,
  did,
  excluded,
  HOUR,
  lost,
  merged,
  rowsOf,
  shown,
  staged,
  written,
} from '#services/analyze/given';
import { activity, NOON } from '#test/given/activity';
import { stageMove } from '#test/given/model';

describe('activities', () => {
  test('an activity is one row with its effect on score and stage', () => {
    const record = did(activity({ seq: 7, path: '/pricing' }), { step: 2, stage_before: '' }, { before: 1, after: 11 });
    const [row] = written(rowsOf([record]), 'activities_rows');
    expect(row).toMatchObject({ event_id: 'e1', path: '/pricing', url: '', seq: 7, step: 2 });
    expect(row).toMatchObject({ score_before: 1, score_after: 11, stage_before: '', stage_after: 'visitor' });
  });
});

describe('score changes', () => {
  test('contributions that were added or removed are one change, with a rounded delta', () => {
    const score = { before: 0.1, after: 0.4, added: [contribution()], removed: [contribution({ rule: 'not_opened' })] };
    const rows = written(rowsOf([did(activity(), {}, score)]), 'score_changes_rows');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      change_id: '#["ada","activity site e1",0]',
      rules: ['pricing_page', 'not_opened'],
      delta: 0.3,
    });
  });

  test('decay alone is no change', () => {
    expect(written(rowsOf([did(activity(), {}, { before: 5, after: 4 })]), 'score_changes_rows')).toEqual([]);
  });
});

describe('stage changes', () => {
  test('each move of a record is a change with an id of its own', () => {
    const moves = [
      stageMove({ from_stage: 'visitor', to_stage: 'lead', reason: 'known', at: NOON }),
      stageMove({ from_stage: 'lead', to_stage: 'mql', reason: 'score', at: NOON }),
    ];
    const rows = written(rowsOf([did(activity(), { moves, stage_after: 'mql' })]), 'stage_changes_rows');
    expect(rows.map(({ change_id, from_stage, to_stage, move }) => [change_id, from_stage, to_stage, move])).toEqual([
      ['#["ada","activity site e1",0]', 'visitor', 'lead', 0],
      ['#["ada","activity site e1",1]', 'lead', 'mql', 1],
    ]);
  });
});

test('a stage change tells its move, the seconds in the stage left and the visit; unknown ones are NULL', () => {
  const moves = [
    stageMove({ rule: 'qualified', from_since: NOON - HOUR, visit: 2 }),
    stageMove({ from_stage: 'mql', to_stage: 'sql', rule: '', from_since: 0, visit: 0 }),
  ];
  const rows = written(rowsOf([did(activity(), { moves, stage_after: 'sql' })]), 'stage_changes_rows');
  expect(rows).toMatchObject([
    { rule: 'qualified', time_in_stage: 3600, visit: 2 },
    { rule: '', time_in_stage: null, visit: 0 },
  ]);
});

describe('excluded activities', () => {
  const bot = activity({ event_id: 'bot', seq: 2, occurred_at: NOON - DAY, source: 'bing' });

  test('are rows that say why, and no more: their visitor is not shown or counted', () => {
    const rows = rowsOf([excluded(bot, 'bot')]);
    expect(rows.map(({ table }) => table)).toEqual(['activities_rows']);
    expect(rows[0]?.row).toMatchObject({ event_id: 'bot', excluded: 'bot' });
  });

  test('change nothing of a lead and of the counters, when they come and when they move away', () => {
    const plain = rowsOf([did(activity())]);
    const rows = rowsOf([did(activity()), excluded(bot, 'internal'), lost(bot, 3)]);
    for (const table of ['funnel_counters_rows', 'activity_counters_rows']) {
      expect(written(rows, table)).toEqual(written(plain, table));
    }
    expect(written(rows, 'leads_rows').at(-1)).toMatchObject({ activities: 1, first_seen: NOON, source: '' });
  });
});

describe('leads', () => {
  test('have the grade of their newest record; none where nobody grades', () => {
    const grades = [did(activity(), { grade: 'C' }), staged({ seq: 2, grade: 'A' }), merged('ada', 3)];
    expect(written(rowsOf(grades), 'leads_rows').map(({ grade }) => grade)).toEqual(['C', 'A', '']);
  });

  const leads = (records: Parameters<typeof rowsOf>[0]) => written(rowsOf(records), 'leads_rows');
  const early = activity({
    event_id: 'a',
    occurred_at: NOON - DAY,
    source: 'google',
    medium: 'cpc',
    campaign: 'spring',
  });
  const middle = activity({ event_id: 'b', occurred_at: NOON, seq: 2 });
  const late = activity({ event_id: 'c', occurred_at: NOON + HOUR, seq: 3, source: 'bing' });

  test('first and last seen, count and source follow occurred_at, not the order of arrival', () => {
    const expected = {
      activities: 3,
      first_seen: NOON - DAY,
      last_seen: NOON + HOUR,
      source: 'google',
      campaign: 'spring',
    };
    expect(leads([did(early), did(middle), did(late)]).at(-1)).toMatchObject(expected);
    expect(leads([did(late), did(early), did(middle)]).at(-1)).toMatchObject(expected);
  });

  test('what moves out is taken back', () => {
    const all = [did(early), did(middle), did(late)];
    expect(leads([...all, lost(early, 4)]).at(-1)).toMatchObject({ activities: 2, first_seen: NOON, source: 'bing' });
    expect(leads([...all, lost(late, 4)]).at(-1)).toMatchObject({ last_seen: NOON, source: 'google' });
    expect(leads([...all, lost(late, 4), lost(early, 5)]).at(-1)).toMatchObject({ source: '', activities: 1 });
  });

  test('a lead without activities leaves, and comes back with the next one', () => {
    const gone = leads([did(early), lost(early, 2)]);
    expect(gone.at(-1)).toMatchObject({ deleted: 1, seq: 2 });
    const back = leads([did(early), lost(early, 2), did(middle, { seq: 3 })]);
    expect(back.at(-1)).toMatchObject({ deleted: 0, activities: 1, first_seen: NOON });
  });

  test('a merged lead leaves, and what comes after does not bring it back', () => {
    const rows = leads([did(early), merged('ada', 2), staged({ seq: 3, stage_after: 'dormant' }), lost(early, 4)]);
    expect(rows.map((row) => row.deleted)).toEqual([0, 1]);
  });

  test('a move of an activity that the lead does not have changes nothing', () => {
    expect(leads([did(early), lost(middle, 4)]).at(-1)).toMatchObject({ activities: 1, first_seen: NOON - DAY });
  });

  test('stage and mail address are the latest, the address stays', () => {
    const facts = { ...NO_FACTS, personal: { ...NOBODY, email: 'ada@example.com' } };
    const moves = [stageMove({ from_stage: 'visitor', to_stage: 'lead', reason: 'known', at: NOON + 5 })];
    const records = [
      did(early, { facts, known: true, moves, stage_after: 'lead' }),
      staged({ seq: 2, known: true, stage_after: 'lead', at: NOON + DAY }),
    ];
    expect(leads(records).at(-1)).toMatchObject({
      email: 'ada@example.com',
      known: true,
      stage: 'lead',
      stage_since: NOON + 5,
    });
  });

  test('the score is what score said last, with the time that it is of and what it is made of, whatever stage does later', () => {
    const made = {
      fading: [
        { half_life: null, points: 4 },
        { half_life: DAY, points: 2 },
      ],
      valid_until: NOON + 9 * DAY,
    };
    const record = did(early, { stage_after: 'lead' }, { after: 6 });
    const scored = record.scored && { ...record.scored, ...made };
    const asleep = staged({ seq: 2, stage_after: 'dormant', score: 6, at: NOON + DAY });
    expect(leads([{ ...record, scored }, asleep]).at(-1)).toMatchObject({
      stage: 'dormant',
      score: 6,
      score_at: scored?.score.at,
      fading: [
        { half_life: 0, points: 4 },
        { half_life: DAY, points: 2 },
      ],
      valid_until: NOON + 9 * DAY,
    });
  });
});

describe('the funnel', () => {
  const KEY = ['partition', 'day_number', 'stage', 'source'];
  const FIRST_OF_MARCH = Math.floor(NOON / DAY);
  const counters = (records: Parameters<typeof rowsOf>[0]) =>
    shown(rowsOf(records, 1), 'funnel_counters_rows', KEY).map(({ day_number, stage, source, entered, current }) => [
      Number(day_number) - FIRST_OF_MARCH,
      stage,
      source,
      entered,
      current,
    ]);
  const toSql = [stageMove({ from_stage: 'lead', to_stage: 'sql', reason: 'accepted', at: NOON + DAY })];

  test('a lead is in one stage and has reached those below it, skipped ones on the same day', () => {
    const records = [
      did(activity(), { stage_after: 'lead' }),
      staged({ seq: 2, at: NOON + DAY, stage_before: 'lead', stage_after: 'sql', moves: toSql }),
    ];
    expect(counters(records)).toEqual([
      [0, 'visitor', '', 1, 0],
      [0, 'lead', '', 1, 0],
      [1, 'mql', '', 1, 0],
      [1, 'sql', '', 1, 1],
    ]);
  });

  test('falling back to a stage reaches nothing anew', () => {
    const back = [stageMove({ from_stage: 'sql', to_stage: 'lead', reason: 'returned', at: NOON + 2 * DAY })];
    const records = [
      did(activity(), { stage_after: 'sql' }),
      staged({ seq: 2, at: NOON + 2 * DAY, stage_before: 'sql', stage_after: 'lead', moves: back }),
    ];
    expect(counters(records)).toContainEqual([2, 'lead', '', 0, 1]);
    expect(counters(records)).toContainEqual([0, 'sql', '', 1, 0]);
  });

  test('a lead counts under the source that it has now', () => {
    const records = [
      did(activity({ source: 'bing' })),
      did(activity({ seq: 2, event_id: 'e0', occurred_at: NOON - DAY, source: 'google' }), { at: NOON }),
    ];
    expect(counters(records)).toEqual([[0, 'visitor', 'google', 1, 1]]);
  });

  test('who is merged away, or has lost all activities, counts nowhere', () => {
    expect(counters([did(activity(), { stage_after: 'mql' }), merged('ada', 2)])).toEqual([]);
    expect(counters([did(activity(), { stage_after: 'mql' }), lost(activity(), 2, { stage_after: 'mql' })])).toEqual(
      [],
    );
  });

  test('activities are counted by name and day, and taken back when they move out', () => {
    const other = activity({ seq: 2, event_id: 'e2', name: 'email_opened' });
    const rows = rowsOf([did(activity()), did(other), lost(activity(), 3)]);
    const totals = written(rows, 'activity_counters_rows').map(({ name, activities }) => [name, activities]);
    expect(totals).toEqual([
      ['page_viewed', 1],
      ['email_opened', 1],
      ['page_viewed', 0],
    ]);
  });

  test('those of who turns out to be staff are taken back, and count again if that was a mistake', () => {
    const staff = { ...NO_FACTS, staff: true };
    const other = activity({ seq: 2, event_id: 'e2', name: 'email_opened' });
    const atWork = activity({ seq: 3, event_id: 'e3', name: 'trial_started' });
    const known = { known: true };
    const again = activity({ seq: 1, event_id: 'e1' });
    const history = [did(activity(), known), did(again, known), did(other, known)];
    const totals = (records: Parameters<typeof rowsOf>[0]) =>
      Object.fromEntries(written(rowsOf(records), 'activity_counters_rows').map((row) => [row.name, row.activities]));
    const turned = [...history, did(atWork, { ...known, facts: staff }), lost(other, 4, known)];
    expect(totals(turned)).toEqual({ page_viewed: 0, email_opened: 0 });
    const mistaken = [...turned, staged({ ...known, seq: 5, facts: NO_FACTS })];
    expect(totals(mistaken)).toEqual({ page_viewed: 2, email_opened: 0, trial_started: 1 });
    expect(totals([...turned, merged('ada', 5)])).toEqual({ page_viewed: 0, email_opened: 0 });
  });

  test('traits are counted once by name and day: not when they move, and not those of bots', () => {
    const traits = '{"company_size":50,"context.device":"x","title":"CEO"}';
    const told = activity({ personal: { ...NOBODY, traits } });
    const again = activity({ seq: 2, event_id: 'e2', personal: { ...NOBODY, traits: '{"title":"CTO"}' } });
    const moved = { ...told, seq: 3, event_id: 'e3', cause: 'move' as const };
    const rows = rowsOf([did(told), did(again), did(moved), excluded({ ...told, seq: 4 }, 'bot'), lost(told, 5)]);
    const totals = shown(rows, 'trait_counters_rows', ['day_number', 'trait']);
    expect(totals.map(({ trait, activities }) => [trait, activities])).toEqual([
      ['company_size', 1],
      ['title', 2],
    ]);
  });
});

test('all rows of a table have the same columns, in the same order: the sink goes by it', () => {
  const moves = [stageMove({ from_stage: 'visitor', to_stage: 'lead', reason: 'known', at: NOON })];
  const told = activity({ source: 'bing', url: 'https://example.com', seq: 2, event_id: 'e2' });
  const rows = rowsOf([
    did(activity(), { moves, stage_after: 'lead' }, { added: [contribution()] }),
    did(told, {}, { removed: [contribution()] }),
    lost(told, 3),
    lost(activity(), 4),
    merged('ada', 5),
  ]);
  const shapes = new Set(rows.map(({ table, row }) => `${table}: ${Object.keys(row)}`));
  expect(shapes.size).toBe(new Set(rows.map(({ table }) => table)).size);
});
