import type { Decider } from '#lib/flow/decider';
import type { Placed } from '#lib/flow/place';
import { type DeciderTopology, deciderTopology } from '#lib/flow/topology';
import { COUNTING, type Counted } from '#test/simulation/counting/records';

interface Turn {
  readonly seq: number;
  readonly at: number;
}

const TURN = 'turn:now';

/** What a record for all has woken comes before it, and a watermark after the record whose number it has. */
const WITHIN: Readonly<Partial<Record<Counted['kind'], number>>> = { tick: 1, watermark: 2 };

function placeOf({ kind, at, seq, lead }: Counted): Placed {
  return { at, rank: 0, seq: 3 * seq + (WITHIN[kind] ?? 0), key: lead ?? '', loggedAt: at };
}

/** The decider that gives turns to marks, in one order of all partitions; like handoff it reads no clock. */
export function turnTopology(): DeciderTopology {
  const decider: Decider<Counted, Counted> = {
    name: 'turn',
    placeOf,
    decide(state, { value, partition, offset }) {
      const mark = value as Counted;
      if (mark.kind !== 'mark') return { records: [], done: true };
      const { seq, at } = (state.get(TURN) as Turn | undefined) ?? { seq: 0, at: 0 };
      const turn: Counted = {
        kind: 'turn',
        seq: seq + 1,
        step: 0,
        at: Math.max(at, mark.at),
        lead: mark.lead,
        says: `${mark.lead} is number ${seq + 1}`,
        cause: { partition, offset, part: 0 },
      };
      return { records: [{ topic: COUNTING.turns, partition, key: mark.lead, value: turn }], done: true };
    },
    tick: () => [],
    evolve: (_, { seq, at }) => [{ key: TURN, value: { seq, at } satisfies Turn }],
    seqOf: ({ seq }) => seq,
    undecodable: () => [],
  };
  return deciderTopology({
    service: 'turn',
    inputs: [COUNTING.marks],
    outputs: [COUNTING.turns],
    sideOutputs: [],
    decider,
  });
}
