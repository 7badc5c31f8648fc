import { describe, expect, test } from 'vitest';
import { Overlay } from '#lib/flow/table';
import { type WakeEntry, Wakes } from '#lib/flow/wakes';

const T = 1_700_000_000_000;
const HOUR = 3_600_000;

function entry(at: number, lead: string): WakeEntry {
  return { at, lead };
}

function indexed(entries: readonly WakeEntry[]): { readonly wakes: Wakes; put(entry: WakeEntry): void } {
  const table = new Overlay();
  const wakes = new Wakes(table, 'w.0:');
  for (const one of entries) table.put(wakes.keyOf(one), true);
  return {
    wakes,
    put(one) {
      table.put(wakes.keyOf(one), true);
      wakes.add(one);
    },
  };
}

function takeAll(wakes: Wakes, time: number): WakeEntry[] {
  const taken: WakeEntry[] = [];
  for (let one = wakes.take(time); one !== undefined; one = wakes.take(time)) taken.push(one);
  return taken;
}

describe('wake-ups', () => {
  test.each([0, 1, 2, 511, 512, 513, 1023, 1024, 1025])(
    'with %i of them fetched ahead, all that are due after a jump of time are taken, in order',
    (count) => {
      const near = Array.from({ length: count }, (_, n) => entry(T + HOUR, `lead-${String(n).padStart(5, '0')}`));
      const far = [entry(T + 8 * HOUR, 'late'), entry(T + 9 * HOUR, 'later')];
      const { wakes } = indexed([...near, ...far, entry(T + 11 * HOUR, 'not yet')]);

      expect(takeAll(wakes, T)).toEqual([]);
      expect(takeAll(wakes, T + 10 * HOUR)).toEqual([...near, ...far]);
    },
  );

  test('those added before and behind what was fetched take their places', () => {
    const stored = Array.from({ length: 600 }, (_, n) => entry(T + n, `lead-${n}`));
    const { wakes, put } = indexed(stored);
    expect(wakes.take(T + 1)).toEqual(stored[0]);
    const added = [entry(T + 5, 'added'), entry(T + 590, 'added'), entry(T + 20 * HOUR, 'added')];
    for (const one of added) put(one);

    const rest = [...stored.slice(1), ...added].sort((a, b) => a.at - b.at || (a.lead < b.lead ? -1 : 1));
    expect(takeAll(wakes, T + 21 * HOUR)).toEqual(rest);
  });

  test('are found wherever they lie, when few of them lie far apart and many come at once then', () => {
    const apart = Array.from({ length: 40 }, (_, n) => entry(T + n * 30 * HOUR, `lead-${n}`));
    const end = T + 40 * 30 * HOUR;
    const atOnce = Array.from({ length: 1300 }, (_, n) => entry(end + (n % 50), `lead-${n}`));
    const { wakes, put } = indexed([...apart, ...atOnce]);
    const taken: WakeEntry[] = [];
    const added: WakeEntry[] = [];
    for (let time = T; time <= end + HOUR; time += HOUR) {
      taken.push(...takeAll(wakes, time));
      if (time % (5 * HOUR) !== 0) continue;
      const one = entry(time + 3 * HOUR, `added-${time}`);
      if (one.at > end) continue;
      added.push(one);
      put(one);
    }
    const inOrder = [...apart, ...atOnce, ...added].sort((a, b) => a.at - b.at || (a.lead < b.lead ? -1 : 1));
    expect(taken).toEqual(inOrder);
  });

  test('of one time go in order of the leads, those fetched and those added alike', () => {
    const { wakes, put } = indexed([entry(T, '\uffee'), entry(T, 'b')]);
    expect(wakes.take(T)).toBeUndefined();
    put(entry(T, '\u{1f600}'));
    put(entry(T, 'a'));
    expect(takeAll(wakes, T + 1).map(({ lead }) => lead)).toEqual(['a', 'b', '\uffee', '\u{1f600}']);
  });
});
