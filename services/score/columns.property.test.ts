import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Columns, columnsOf, type KnownColumns, knownColumns, takeOver } from '#services/score/columns';
import type { ModelOf } from '#services/score/counted';
import { scoringOf } from '#services/score/given';
import { type Match, withMatches, withoutActivity } from '#services/score/state';

const scoring = scoringOf({ rules: [{ id: 'r' }, { id: 's' }] });
const modelOf: ModelOf = () => ({ scoring }) as unknown as ReturnType<ModelOf>;

const match: fc.Arbitrary<Match> = fc.record({
  role: fc.constantFrom('points', 'question', 'answer'),
  rule: fc.constantFrom('r', 's'),
  model_version: fc.constantFrom('v', 'w'),
  event_id: fc.constantFrom('a', 'b', 'c'),
  publisher: fc.constant('p'),
  at: fc.nat(20),
  key: fc.constantFrom(null, 'k', 'l'),
  ahead: fc.boolean(),
  historic: fc.constant(false),
});
const change = fc.record({
  added: fc.array(match, { maxLength: 2 }),
  /** Its activity goes. */
  goes: fc.option(fc.nat(9), { nil: undefined }),
  /** So many lists back it goes on from: a record may be taken in anew. */
  back: fc.constantFrom(0, 0, 0, 1, 2),
});

test('columns that go on with a list are those made of it anew', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const known: KnownColumns = new WeakMap();
      const lists: (readonly Match[])[] = [[]];
      for (const { added, goes, back } of changes) {
        const before = lists.at(-1 - back) ?? [];
        const all = withMatches(before, added);
        const lost = goes === undefined ? undefined : all[goes];
        const { gone, left: after } =
          lost === undefined ? { gone: [], left: all } : withoutActivity(all, { ...lost, occurred_at: lost.at });
        const difference = { before, all, after, added, gone };
        expect(told(columnsOf(difference, modelOf, known))).toEqual(anew(all));
        takeOver(difference, known);
        const left = knownColumns(after, known);
        if (left !== undefined) expect(told(left)).toEqual(anew(after));
        lists.push(after);
      }
    }),
  );
});

function anew(all: readonly Match[]) {
  return told(columnsOf({ before: [], all, after: all, added: all, gone: [] }, modelOf, new WeakMap()));
}

/** Which number a key has says nothing; which matches share it does. */
function told({ times, rules, keys, eventIds, versions }: Columns) {
  const sharing = keys.map((key) => (key < 0 ? key : keys.indexOf(key)));
  return { times, rules, sharing, eventIds, versions };
}
