import { describe, expect, it } from 'vitest';
import type { Concern } from '#lib/flow/decider';
import { DecisionOrder } from '#lib/flow/decision-order';
import type { LogRecord } from '#lib/flow/log';

/** Inputs named by whom they concern; "all": everybody, "!a": a, and in its turn. `apart`: their offsets. */
function given(inputs: readonly string[], ahead = 100, apart = 1) {
  const order = new DecisionOrder([{ topic: 't', partition: 0, position: { offset: 0, cursor: 0 } }], [], ahead);
  const concernOf = ({ value }: LogRecord): Concern => {
    const text = String(value);
    if (text === 'all') return { keys: undefined, inTurn: true };
    return { keys: new Set(text.replace('!', '').split('+')), inTurn: text.startsWith('!') };
  };
  order.add(inputs.map((value, n) => ({ topic: 't', partition: 0, offset: n * apart, key: null, value })));
  const first: LogRecord[] = [];
  const presents: number[] = [];
  let clock = 0;
  return {
    /** Takes first decisions as long as there are any; `unsettled`: offsets on which there is more to decide. */
    decides(...unsettled: readonly number[]): readonly number[] {
      const taken: number[] = [];
      for (let turn = order.next(concernOf); turn !== undefined; turn = order.next(concernOf)) {
        const { record, passing, now = clock } = turn;
        clock++;
        const settled = !unsettled.includes(record.offset);
        if (passing && !settled) order.wait(record, passing);
        else {
          first[record.offset] = record;
          taken.push(record.offset);
          order.decided(record, settled ? 'settled' : 'more', concernOf, now);
          presents[record.offset] = now;
        }
      }
      return taken;
    },
    settles(offset: number): void {
      const record = first[offset];
      if (record !== undefined) order.decided(record, 'settled', concernOf, clock);
    },
    underWay: () => order.underWay?.offset,
    /** When a first decision was taken on each of some offsets. */
    presentsOf: (...offsets: readonly number[]) => offsets.map((offset) => presents[offset]),
    passes: (ms: number) => {
      clock += ms;
    },
    isCatchingUp: () => order.isCatchingUp,
    position: () => order.positions()[0]?.position,
  };
}

describe('inputs that concern the same', () => {
  it('wait for one that takes several decisions, and go on in their order', () => {
    const { decides, settles, underWay, position } = given(['a', 'b', 'a', 'c+a', 'c', 'd']);
    expect(decides(0)).toEqual([0, 1, 5]);
    expect(underWay()).toBe(0);
    expect(position()).toEqual({ offset: 0, cursor: 1 });

    settles(0);
    expect(underWay()).toBeUndefined();
    expect(position()).toEqual({ offset: 2, cursor: 0 });
    expect(decides()).toEqual([2, 3, 4]);
    expect(position()).toEqual({ offset: 6, cursor: 0 });
  });

  it('go one after another when each takes several, while others pass both', () => {
    const { decides, settles, position } = given(['a', 'a', 'b', 'a']);
    expect(decides(0)).toEqual([0, 2]);
    settles(0);
    expect(decides(1)).toEqual([1]);
    expect(position()).toEqual({ offset: 1, cursor: 1 });
    settles(1);
    expect(decides()).toEqual([3]);
  });

  it('are those, too, that waited for the same: what it decided may have made one of them', () => {
    const { decides, settles } = given(['a+b', 'b', 'b', 'a', 'c']);
    expect(decides(0)).toEqual([0, 4]);
    settles(0);
    expect(decides(1)).toEqual([1]);
    settles(1);
    expect(decides()).toEqual([2, 3]);
  });
});

describe('inputs that have waited', () => {
  it('are decided at the moment at which what they waited for was settled, and what comes after them later', () => {
    const { decides, settles, presentsOf, passes, isCatchingUp } = given(['a', 'a', 'b', 'a', 'all', 'c']);
    decides(0, 4);
    passes(100);
    settles(0);
    expect(isCatchingUp()).toBe(true);
    decides(4);
    expect(isCatchingUp()).toBe(false);
    passes(100);
    settles(4);
    expect(isCatchingUp()).toBe(true);
    decides();
    expect(isCatchingUp()).toBe(false);
    const [first = 0, ...waited] = presentsOf(0, 1, 3, 4, 5);
    expect([first, ...waited.map((at = 0) => Math.floor(at / 100))]).toEqual([0, 1, 1, 1, 2]);
    expect(new Set(waited.slice(0, 3)).size).toBe(1);
  });
});

describe('an input', () => {
  it('that concerns everybody passes nobody and is passed by nobody', () => {
    const { decides, settles } = given(['a', 'all', 'b']);
    expect(decides(0)).toEqual([0]);
    settles(0);
    expect(decides(1)).toEqual([1]);
    expect(decides()).toEqual([]);
    settles(1);
    expect(decides()).toEqual([2]);
  });

  it('that must be decided in its turn passes nobody but may be passed', () => {
    const { decides, settles } = given(['a', '!b', 'c', 'b']);
    expect(decides(0)).toEqual([0, 2]);
    settles(0);
    expect(decides()).toEqual([1, 3]);
  });

  it('that would take several decisions itself passes nobody', () => {
    const { decides, settles, position } = given(['a', 'b', 'b', 'c']);
    expect(decides(0, 1)).toEqual([0, 3]);
    settles(0);
    expect(position()).toEqual({ offset: 1, cursor: 0 });
    expect(decides(1)).toEqual([1]);
    settles(1);
    expect(decides()).toEqual([2]);
  });

  it('is passed by so many at most', () => {
    const { decides, settles } = given(['a', 'b', 'a', 'c', 'd'], 3);
    expect(decides(0)).toEqual([0, 1, 3]);
    settles(0);
    expect(decides()).toEqual([2, 4]);
  });

  it('is passed no further than so many offsets, where a log has gaps', () => {
    const { decides, settles } = given(['a', 'b', 'c', 'd'], 3, 2);
    expect(decides(0)).toEqual([0, 2]);
    settles(0);
    expect(decides()).toEqual([4, 6]);
  });
});
