import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Activity } from '#schemas/generated/records';
import { DAY, did, lost, merged, rowsOf, shown, written } from '#services/analyze/given';
import { activity, NOON } from '#test/given/activity';

/** When all of it has occurred. */
const AFTERWARDS = NOON + 3 * 365 * DAY;

/** Activities spread over minutes to years, some at one time, some with a source, many more than a lead has at hand. */
const activities = fc.uniqueArray(
  fc
    .record({
      id: fc.integer({ min: 0, max: 99 }),
      at: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 * 365 * DAY })),
      source: fc.constantFrom(null, null, null, 'google', 'bing'),
    })
    .map(({ id, at, source }) =>
      activity({ event_id: `e${id}`, occurred_at: NOON + at, source, logged_at: AFTERWARDS }),
    ),
  { selector: ({ event_id }) => event_id, minLength: 1, maxLength: 40 },
);

interface Turn {
  readonly one: Activity;
  readonly comes: boolean;
}

const byTime = (a: Activity, b: Activity) => a.occurred_at - b.occurred_at || (a.event_id < b.event_id ? -1 : 1);

/** Each activity comes; some leave later, some of these come again: in any order, or in order of time. */
const turns = fc
  .tuple(activities, fc.infiniteStream(fc.nat(1000)), fc.boolean())
  .map(([all, numbers, inOrder]): readonly Turn[] => {
    const next = () => numbers.next().value ?? 0;
    const came = inOrder ? all.toSorted(byTime) : all;
    const lag = 5 + (next() % 40);
    const moments = came.flatMap((one, i) => {
      const start = inOrder ? i : next();
      const stays = next() > (inOrder ? 980 : 700);
      const end = inOrder ? i + lag : start + next();
      const back = next() > 900 ? [{ one, comes: true, at: end + next() }] : [];
      return [{ one, comes: true, at: start }, ...(stays ? [] : [{ one, comes: false, at: end }, ...back])];
    });
    return moments.sort((a, b) => a.at - b.at);
  });

/** The activities that are left, first one first. */
function remaining(happened: readonly Turn[]): Activity[] {
  const left = new Set<Activity>();
  for (const { one, comes } of happened) {
    if (comes) left.add(one);
    else left.delete(one);
  }
  return [...left].sort(byTime);
}

function records(happened: readonly Turn[]) {
  return happened.map(({ one, comes }, seq) => (comes ? did({ ...one, seq }) : lost(one, seq)));
}

test('after each of any comings and goings, a lead is what its remaining activities make of it', () => {
  fc.assert(
    fc.property(turns, (happened) => {
      const rows = written(rowsOf(records(happened)), 'leads_rows');
      expect(rows).toHaveLength(happened.length);
      rows.forEach((row, i) => {
        const left = remaining(happened.slice(0, i + 1));
        expect(row).toMatchObject(
          left.length === 0
            ? { deleted: 1, activities: 0, source: '' }
            : {
                deleted: 0,
                activities: left.length,
                first_seen: left[0]?.occurred_at,
                last_seen: left.at(-1)?.occurred_at,
                source: left.find((one) => one.source !== null)?.source ?? '',
              },
        );
      });
    }),
  );
});

test('it counts under the source that it has in the end, and nowhere without activities', () => {
  fc.assert(
    fc.property(turns, (happened) => {
      const left = remaining(happened);
      const source = left.find((one) => one.source !== null)?.source ?? '';
      const counters = shown(rowsOf(records(happened)), 'funnel_counters_rows', ['day_number', 'stage', 'source']);
      expect(counters.map((row) => [row.source, row.entered, row.current])).toEqual(
        left.length === 0 ? [] : [[source, 1, 1]],
      );
    }),
  );
});

test('what a merged lead had is forgotten, however much it was', () => {
  const many = Array.from({ length: 20 }, (_, i) =>
    activity({ event_id: `e${i}`, occurred_at: NOON + i * DAY, seq: i }),
  );
  const later = many.map((one, i) => ({
    ...one,
    event_id: `later${i}`,
    occurred_at: NOON + (50 + i) * DAY,
    seq: 100 + i,
  }));
  const leaving = later.slice(0, 19).map((one, i) => lost(one, 200 + i));
  const rows = rowsOf([...many.map((one) => did(one)), merged('ada', 99), ...later.map((one) => did(one)), ...leaving]);
  expect(written(rows, 'leads_rows').at(-1)).toMatchObject({ activities: 1, first_seen: NOON + 69 * DAY });
});
