import type { Fold, StepContext } from '#lib/flow/fold';
import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import { COUNTING, type Counted } from '#test/simulation/counting/records';

interface Shared {
  readonly ticks: number;
}

interface Sum {
  readonly count: number;
  readonly woken: number;
}

type Context = StepContext<Shared>;

const describe = ({ lead, seq, at }: Counted) => ({ key: lead, seq, loggedAt: at });
const keyOf = ({ lead }: Counted) => lead;

function broadcast(shared: Shared, record: Counted): { readonly shared: Shared; readonly pass: Counted } {
  if (record.kind === 'watermark') return { shared, pass: record };
  return { shared: { ticks: shared.ticks + 1 }, pass: { ...record, says: `tick ${shared.ticks + 1}` } };
}

function output(kind: Counted['kind'], context: Context, n: number, says: string): Counted {
  const { key, seq, step, loggedAt, shared } = context;
  return { kind, seq, step: step + n, at: loggedAt, lead: key, says: `${says} after ${shared.ticks} ticks` };
}

/** Counts its lead's facts, remembers the last few as items, wakes up twice when nothing comes, and forgets every tenth. */
const sum: Fold<Sum, Counted, Counted, Shared> = {
  name: 'sum',
  describe,
  keyOf,
  initialShared: { ticks: 0 },
  broadcast,
  step(state, record, context) {
    const count = (state?.count ?? 0) + 1;
    const item = { key: `last:${count % 4}`, value: record.seq };
    if (count === 10) return { state: undefined, emit: [], items: [item] };
    const known = Array.from(context.items.range('last:', 'last;'), ([key, value]) => `${key}=${value}`).join();
    const emit = [output('sum', context, 0, `${record.says}, ${count} in all, ${known}`)];
    if (count % 3 === 0) emit.push(output('bonus', context, 1, `${count} is a bonus`));
    return { state: { count, woken: 0 }, emit, items: [item], wakeAt: record.at + 700 * (1 + (count % 4)) };
  },
  wake({ count, woken }, due, context) {
    const emit = [output('woken', context, 0, `woken at ${due} with ${count}`)];
    return { state: { count, woken: woken + 1 }, emit, wakeAt: woken < 1 ? due + 900 : undefined };
  },
};

/** Marks every other record of a lead, and says when a lead is idle. */
const mark: Fold<number, Counted, Counted, Shared> = {
  name: 'mark',
  describe,
  keyOf,
  initialShared: { ticks: 0 },
  broadcast,
  step(state, record, context) {
    const count = (state ?? 0) + 1;
    const emit = count % 2 === 0 ? [output('mark', context, 0, `${count}: ${record.says}`)] : [];
    return { state: count, emit, wakeAt: record.at + 2500 };
  },
  wake: (count, due, context) => ({ state: count, emit: [output('idle', context, 0, `idle at ${due}`)] }),
};

/** A row of the counting pipeline. */
export interface CountingRow {
  readonly key: string;
  readonly version: number;
  readonly says: string;
}

/** Writes a row per lead, a row per record, and counters of kinds. */
const rows: Fold<number, Counted, CountingRow, Shared> = {
  name: 'rows',
  describe,
  keyOf: () => null,
  initialShared: { ticks: 0 },
  broadcast: (shared, { kind }) => ({
    shared: kind === 'watermark' ? shared : { ticks: shared.ticks + 1 },
    pass: undefined,
  }),
  step(state, { kind, seq, step, says }, context) {
    const count = (state ?? 0) + 1;
    return {
      state: count,
      emit: [
        { key: `lead ${context.key}`, version: seq * 1000 + step, says: `${count}: ${says}` },
        { key: `record ${seq} ${step} ${context.key}`, version: 0, says },
      ],
      counters: [{ bucket: kind, by: { changes: 1, records: 1, letters: says.length } }],
    };
  },
  wake: (state) => ({ state, emit: [] }),
};

export function sumTopology(): FoldTopology {
  return foldTopology({ service: 'sum', input: COUNTING.facts, output: COUNTING.sums, fold: sum });
}

export function markTopology(): FoldTopology {
  return foldTopology({ service: 'mark', input: COUNTING.sums, output: COUNTING.marks, fold: mark });
}

export function rowsTopology(): FoldTopology {
  return foldTopology({
    service: 'rows',
    input: COUNTING.marks,
    output: undefined,
    fold: rows,
    counterRow: (partition, bucket, values): CountingRow => ({
      key: `counter ${partition} ${bucket}`,
      version: values.changes ?? 0,
      says: JSON.stringify(Object.entries(values).toSorted()),
    }),
  });
}
