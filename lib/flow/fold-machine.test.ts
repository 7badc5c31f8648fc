import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fold } from '#lib/flow/fold';
import { type Emitted, FoldMachine } from '#lib/flow/fold-machine';
import { START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import { foldTopology } from '#lib/flow/topology';

interface Note {
  readonly key: string | null;
  readonly seq: number;
  readonly loggedAt: number;
  readonly text: string;
}

/** Counts a lead's notes, wakes it 10 ms after each, and numbers its own outputs. */
const counting: Fold<{ readonly n: number }, Note, Note, { readonly all: number }> = {
  name: 'counting',
  describe: (note) => note,
  keyOf: ({ key }) => key,
  initialShared: { all: 0 },
  broadcast: (shared, note) => ({ shared: { all: shared.all + 1 }, pass: note }),
  step: (state, note, { key, seq, step, loggedAt, shared }) => ({
    state: { n: (state?.n ?? 0) + 1 },
    emit: [{ key, seq, loggedAt, text: `${note.text} ${(state?.n ?? 0) + 1} of ${shared.all} #${step}` }],
    wakeAt: note.text === 'quiet' ? undefined : loggedAt + 10,
  }),
  wake: (state, due, { key, seq, step, loggedAt }) => ({
    state: state.n > 3 ? undefined : state,
    emit: [{ key, seq, loggedAt, text: `woken at ${due} with ${state.n} #${step}` }],
    wakeAt: state.n === 2 ? due + 7 : undefined,
  }),
};

const chain = [
  foldTopology({ service: 'one', input: 'in', output: 'middle', fold: counting }),
  foldTopology({ service: 'two', input: 'middle', output: 'out', fold: counting }),
];

/**
 * Runs all notes, ending a batch after each number of steps that `cuts` names; after a negative one the next batch is
 * begun by another machine.
 */
function run(
  notes: readonly Note[],
  cuts: readonly number[],
  folds = chain,
): { readonly emitted: Emitted[]; readonly table: unknown[] } {
  const table = new Overlay();
  const emitted: Emitted[] = [];
  let machine = new FoldMachine(folds, table, START);
  let cut = 0;
  const all = notes.values();
  for (let ended = false; !ended; ) {
    const steps = cuts.length === 0 ? Number.POSITIVE_INFINITY : (cuts[cut++ % cuts.length] ?? 1);
    for (let i = 0; i < Math.abs(steps); i++) {
      if (!machine.busy) {
        const next = all.next();
        ended = next.done === true;
        if (next.done === true) break;
        machine.begin(notes.indexOf(next.value), next.value);
      }
      emitted.push(...machine.step());
    }
    table.apply(machine.changes());
    machine.committed();
    if (steps < 0) machine = new FoldMachine(folds, table, machine.position);
  }
  return {
    emitted,
    table: [...table.range('a:', 'z:')].filter(([key]) => key.startsWith('s')).map(([key, value]) => [key, value]),
  };
}

const notes = fc
  .array(
    fc.record({
      key: fc.option(fc.constantFrom('ann', 'bob', 'cyd')),
      wait: fc.nat(15),
      text: fc.constantFrom('hi', 'quiet'),
    }),
    {
      maxLength: 40,
    },
  )
  .map((drafts) => {
    let loggedAt = 1000;
    return drafts.map(({ key, wait, text }, seq): Note => {
      loggedAt += wait;
      return { key, seq, loggedAt, text };
    });
  });

test('outputs and state are the same however the steps are cut into batches', () => {
  fc.assert(
    fc.property(
      notes,
      fc.array(
        fc.integer({ min: -6, max: 6 }).filter((n) => n !== 0),
        { minLength: 1 },
      ),
      (input, cuts) => {
        expect(run(input, cuts)).toEqual(run(input, []));
      },
    ),
  );
});

test('folds chained in one task write what they write as separate services', () => {
  fc.assert(
    fc.property(notes, (input) => {
      const chained = run(input, []).emitted;
      const first = run(input, [], chain.slice(0, 1)).emitted;
      const second = run(
        first.map(({ value }) => value as Note),
        [],
        chain.slice(1),
      ).emitted;
      expect(chained.filter(({ level }) => level === 0)).toEqual(first);
      expect(chained.filter(({ level }) => level === 1).map(({ value }) => value)).toEqual(
        second.map(({ value }) => value),
      );
    }),
  );
});

test('wake-ups run in order of time and lead, before the record that moved the time, and never at their due time itself', () => {
  const input: Note[] = [
    { key: 'bob', seq: 0, loggedAt: 100, text: 'hi' },
    { key: 'ann', seq: 1, loggedAt: 100, text: 'hi' },
    { key: null, seq: 2, loggedAt: 110, text: 'tick' },
    { key: null, seq: 3, loggedAt: 111, text: 'tick' },
  ];
  expect(run(input, [], chain.slice(0, 1)).emitted.map(({ value }) => (value as Note).text)).toEqual([
    'hi 1 of 0 #0',
    'hi 1 of 0 #0',
    'tick',
    'woken at 110 with 1 #0',
    'woken at 110 with 1 #1',
    'tick',
  ]);
});

test('a position counts the steps of the record under way', () => {
  const machine = new FoldMachine(chain.slice(0, 1), new Overlay(), START);
  machine.begin(7, { key: 'ann', seq: 0, loggedAt: 1, text: 'hi' });
  expect(machine.busy).toBe(true);
  machine.step();
  expect(machine.position).toEqual({ offset: 8, cursor: 0 });
  const table = new Overlay();
  table.apply(machine.changes());
  const later = new FoldMachine(chain.slice(0, 1), table, machine.position);
  later.begin(9, { key: null, seq: 1, loggedAt: 500, text: 'tick' });
  expect(later.busy).toBe(true);
});
