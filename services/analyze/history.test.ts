import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activity, DAY, did, lost, NOON, rowsOf, shown, written } from '#services/analyze/given';

/** Activities spread over minutes to years, some with a source, and which of them leave again, in which order. */
const histories = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 30 }),
      at: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 * 365 * DAY })),
      source: fc.constantFrom(null, null, 'google', 'bing'),
      leaves: fc.integer({ min: 0, max: 100 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
  )
  .map((made) => ({
    came: made.map(({ id, at, source }, i) =>
      activity({ event_id: `e${id}`, occurred_at: NOON + at, source, seq: i + 1, logged_at: NOON }),
    ),
    // Those above 50 leave, in the order of their number: any order at all.
    left: made
      .map(({ leaves }, i) => ({ leaves, i }))
      .filter(({ leaves }) => leaves > 50)
      .sort((a, b) => a.leaves - b.leaves || a.i - b.i)
      .map(({ i }) => i),
  }));

test('after any moves, a lead is what its remaining activities make of it, and counts accordingly', () => {
  fc.assert(
    fc.property(histories, ({ came, left }) => {
      const moved = left.flatMap((i, n) => came.slice(i, i + 1).map((gone) => lost(gone, 100 + n)));
      const rows = rowsOf([...came.map((one) => did(one)), ...moved]);
      const remaining = came
        .filter((_, i) => !left.includes(i))
        .sort((a, b) => a.occurred_at - b.occurred_at || (a.event_id < b.event_id ? -1 : 1));
      const source = remaining.find((one) => one.source !== null)?.source ?? '';
      expect(written(rows, 'leads_rows').at(-1)).toMatchObject(
        remaining.length === 0
          ? { deleted: 1, activities: 0 }
          : {
              deleted: 0,
              activities: remaining.length,
              first_seen: remaining[0]?.occurred_at,
              last_seen: remaining.at(-1)?.occurred_at,
              source,
            },
      );
      expect(
        shown(rows, 'funnel_counters_rows', ['day_number', 'stage', 'source']).map((row) => [
          row.source,
          row.entered,
          row.current,
        ]),
      ).toEqual(remaining.length === 0 ? [] : [[source, 1, 1]]);
    }),
  );
});
