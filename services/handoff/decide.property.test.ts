import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord } from '#lib/flow/log';
import type { StageMessage } from '#schemas/topics';
import { applied, createDesk, enters, files, inputs, NOON, stays } from '#services/handoff/given';

const PARTITIONS = 3;
const REPS = ['amy', 'ben', 'cleo'];

interface Fact {
  readonly lead: string;
  readonly enters: boolean;
  readonly historic: boolean;
}

const fact: fc.Arbitrary<Fact> = fc.record({
  lead: fc.constantFrom('a', 'b', 'c', 'd'),
  enters: fc.boolean(),
  historic: fc.boolean(),
});

/** Facts of each partition behind the model's record, a second model somewhere among them if asked for. */
function partitionsOf(second: StageMessage | undefined): fc.Arbitrary<readonly (readonly LogRecord<StageMessage>[])[]> {
  const partition = fc.tuple(fc.array(fact, { maxLength: 12 }), fc.nat(12));
  return fc.array(partition, { minLength: PARTITIONS, maxLength: PARTITIONS }).map((all) =>
    all.map(([facts, at], p) => {
      const records = facts.map(({ lead, historic, ...rest }, i) =>
        (rest.enters ? enters : stays)(`${lead}${p}`, {
          historic,
          cause_id: `event ${i}`,
          logged_at: NOON + 7 * i * p,
        }),
      );
      if (second !== undefined) records.splice(at, 0, second);
      return inputs(p, [applied(1, files('v1', REPS)), ...records]);
    }),
  );
}

/** Any order in which the partitions' records can arrive. */
function interleaved(second?: StageMessage): fc.Arbitrary<readonly LogRecord<StageMessage>[]> {
  return fc.tuple(partitionsOf(second), fc.array(fc.nat(PARTITIONS - 1), { maxLength: 45 })).map(([parts, turns]) => {
    const queues = parts.map((part) => [...part]);
    const arrived = turns.flatMap((p) => queues[p]?.splice(0, 1) ?? []);
    return [...arrived, ...queues.flat()];
  });
}

const isEntry = ({ value }: LogRecord<StageMessage>) =>
  'type' in value && value.type === 'Staged' && value.value.moves.length > 0;

const placeOf = (at: { readonly input_partition: number; readonly input_offset: number }) =>
  `${at.input_partition}/${at.input_offset}`;

test('however partitions interleave, every entry has one handoff, numbers have no gaps, turns are fair, a lead stays with its own', () => {
  fc.assert(
    fc.property(interleaved(), (records) => {
      const desk = createDesk(PARTITIONS);
      desk.decides(...records);
      const handoffs = desk.handoffs();
      const entries = records.filter(isEntry).map(({ partition, offset }) => `${partition}/${offset}`);
      expect(handoffs.map(placeOf)).toEqual(entries);
      expect(handoffs.map((handoff) => handoff.handoff_seq)).toEqual(entries.map((_, i) => i + 2));
      const owners = new Map<string, string>();
      const inTurn = handoffs.filter(({ lead_id, rep, suppressed_by }) => {
        const owner = owners.get(lead_id);
        if (suppressed_by === null) owners.set(lead_id, owner ?? rep);
        if (owner !== undefined) expect(rep).toBe(owner);
        return owner === undefined;
      });
      const load = REPS.map((rep) => inTurn.filter((handoff) => handoff.rep === rep).length);
      expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
    }),
  );
});

const secondModel = applied(2, files('v2', ['zoe', 'amy']), NOON + 1);

test('stopped anywhere, a desk rebuilt from its outputs alone decides the rest identically', () => {
  fc.assert(
    fc.property(interleaved(secondModel), fc.nat(60), (records, stop) => {
      const whole = createDesk(PARTITIONS);
      whole.decides(...records);
      const first = createDesk(PARTITIONS);
      first.decides(...records.slice(0, stop));
      const resumed = createDesk(PARTITIONS, first.outputs());
      resumed.decides(...records.slice(stop));
      expect([...first.outgoing(), ...resumed.outgoing()]).toEqual(whole.outgoing());
    }),
  );
});

test('inputs that come again after their answers are settled already, and no model is written twice', () => {
  fc.assert(
    fc.property(interleaved(secondModel), (records) => {
      const desk = createDesk(PARTITIONS);
      desk.decides(...records);
      const again = createDesk(PARTITIONS, desk.outputs());
      again.decides(...records);
      expect(again.outgoing()).toEqual([]);
    }),
  );
});

test('each model is written once, in the order of submission, and logged time never goes back', () => {
  fc.assert(
    fc.property(interleaved(secondModel), (records) => {
      const desk = createDesk(PARTITIONS);
      desk.decides(...records);
      const models = desk
        .outputs()
        .flatMap(({ type, value }) => (type === 'ModelApplied' ? [value.model_version] : []));
      expect(models).toEqual(['v1', 'v2']);
      const times = desk.outputs().map(({ value }) => value.logged_at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});
