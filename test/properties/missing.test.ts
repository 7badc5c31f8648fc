import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needsNoBehaviour, nextStages, requirementsOf, type StageFacts } from '#lib/model/missing';
import { GRADES, type StageCondition, type StageRule } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import { climb } from '#services/stage/climb';
import { activity, NOON } from '#test/given/activity';
import { DAY } from '#test/given/event';
import { NO_LADDER } from '#test/given/model';

const STAGES = ['visitor', 'lead', 'mql', 'recycled'];
const score = fc.integer({ min: -2, max: 4 }).map((n) => n * 25);
const grade = fc.constantFrom(...GRADES);
const stage = fc.constantFrom(...STAGES);
const days = fc.integer({ min: 0, max: 4 }).map((n) => n * DAY);

const condition: fc.Arbitrary<StageCondition> = fc.oneof(
  fc.constant({ kind: 'identified' as const }),
  score.map((atLeast) => ({ kind: 'score' as const, atLeast })),
  score.map((below) => ({ kind: 'score_below' as const, below })),
  grade.map((atLeast) => ({ kind: 'grade' as const, atLeast })),
  grade.map((below) => ({ kind: 'grade_below' as const, below })),
  fc.constant({ kind: 'disqualified' as const }),
  stage.map((one) => ({ kind: 'been' as const, stages: [one] })),
  days.map((forMs) => ({ kind: 'quiet' as const, forMs })),
  days.map((forMs) => ({ kind: 'stayed' as const, forMs })),
  fc.constant({ kind: 'behaviour' as const, names: new Set(['asked']), matches: () => true, where: '' }),
);

const facts: fc.Arbitrary<StageFacts> = fc.record({
  stage: fc.constant('lead'),
  since: days.map((age) => NOON - age),
  visits: fc.dictionary(stage, fc.integer({ min: 0, max: 2 })),
  known: fc.boolean(),
  score,
  grade: fc.oneof(fc.constant(''), grade),
  disqualified: fc.constantFrom(null, 'is a student'),
  quietSince: fc.option(
    days.map((age) => NOON - age),
    { nil: undefined },
  ),
  at: fc.constant(NOON),
});

const SOMEBODY: StageFacts = {
  stage: 'lead',
  since: NOON,
  visits: {},
  known: true,
  score: 0,
  grade: '',
  disqualified: null,
  quietSince: undefined,
  at: NOON,
};

const when = fc.array(condition, { minLength: 1, maxLength: 3 });

function moveOf(conditions: readonly StageCondition[]): StageRule {
  return { id: 'up', from: new Set(['lead']), to: 'mql', reason: 'ready', when: conditions };
}

/** Whether the stage fold's judgement makes the move when what it asks for happens. */
function isMade(move: StageRule, of: StageFacts): boolean {
  const subject = subjectOf(activity({ name: 'asked', occurred_at: of.at }));
  const standing = { ...of, subject, told: [], heardAt: 0 };
  const ladder = { ...NO_LADDER, ladder: ['visitor', 'lead', 'mql'], moves: [move] };
  return climb(standing, ladder).moves.length > 0;
}

test('a move lacks nothing but its behaviour exactly if the stage fold makes it when that happens', () => {
  fc.assert(
    fc.property(when, facts, (conditions, of) => {
      const move = moveOf(conditions);
      const lacks = requirementsOf(move, of).some((one) => needsNoBehaviour(one.condition) && !one.met);
      expect(isMade(move, of)).toBe(!lacks);
    }),
    { numRuns: 2_000 },
  );
});

test('the next stages are the rungs above that a move leads to from here, from the bottom, each with all its moves', () => {
  const up = (id: string, from: string, to: string): StageRule => ({
    ...moveOf([{ kind: 'identified' }]),
    id,
    from: new Set([from]),
    to,
  });
  const moves = [
    up('won', 'lead', 'customer'),
    up('scored', 'lead', 'mql'),
    up('asked', 'lead', 'mql'),
    up('fell', 'mql', 'lead'),
    up('slept', 'lead', 'dormant'),
    up('woke', 'dormant', 'lead'),
  ];
  const ladder = { ladder: ['visitor', 'lead', 'mql', 'customer'], moves };
  const nextOf = (from: string) =>
    nextStages(ladder, { ...SOMEBODY, stage: from }).map((next) => [next.stage, ...next.moves.map(({ id }) => id)]);
  expect(nextOf('lead')).toEqual([
    ['mql', 'scored', 'asked'],
    ['customer', 'won'],
  ]);
  expect(nextOf('dormant')).toEqual([['lead', 'woke']]);
  expect(nextOf('mql')).toEqual([]);
});
