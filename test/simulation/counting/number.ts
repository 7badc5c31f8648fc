import type { Decided, Decider } from '#lib/flow/decider';
import type { Change, TableReader } from '#lib/flow/store';
import { type DeciderTopology, deciderTopology } from '#lib/flow/topology';
import { COUNTING, type Counted, type Entry, type Refused } from '#test/simulation/counting/records';

interface Clock {
  readonly seq: number;
  readonly at: number;
  readonly tickAt: number;
  /** The last seq that all partitions have. */
  readonly all: number;
}

const CLOCK = 'clock:now';
/** A decision settles so many facts; an entry with more takes several. */
const AT_ONCE = 2;

export interface NumberOptions {
  /** Partitions of the facts. */
  readonly partitions: number;
  readonly tickEvery: number;
  /** No ticks after this time, ms since 1970 UTC. */
  readonly tickUntil: number;
}

type Output = Counted | Refused;

/** The decider that numbers and dates facts: each says which one of its lead it is. It forgives nothing: an entry taken twice counts twice. */
export function numberTopology({ partitions, tickEvery, tickUntil }: NumberOptions): DeciderTopology {
  const decider: Decider<Entry, Output> = {
    name: 'number',
    decide(state, input, now) {
      const { partition, offset } = input;
      const entry = input.value as Entry;
      if (entry.poison) {
        const value: Refused = { kind: 'refused', id: entry.id, cause: { partition, offset, part: 0 } };
        return { records: [{ topic: COUNTING.refused, partition: 0, key: null, value }], done: true };
      }
      const { seq, at } = clockIn(state);
      const first = partsOf(state, partition, offset);
      const leads = entry.leads.slice(first, first + AT_ONCE);
      const records = leads.map((lead, i): Decided<Output> => {
        const nth = numberOf(state, lead) + leads.slice(0, i + 1).filter((other) => other === lead).length;
        const value: Counted = {
          kind: 'fact',
          seq: seq + 1 + i,
          step: 0,
          at: Math.max(at, now),
          lead,
          says: `${entry.id} is ${lead}'s ${nth}`,
          cause: { partition, offset, part: first + i },
        };
        return { topic: COUNTING.facts, partition: partitionOf(lead, partitions), key: lead, value };
      });
      return { records, done: first + leads.length >= entry.leads.length };
    },
    tick(state, now) {
      const { seq, at, tickAt } = clockIn(state);
      if (now > tickUntil || now < tickAt + tickEvery) return [];
      const dated = { at: Math.max(at, now), now };
      const value: Counted = { kind: 'tick', seq: seq + 1, step: 0, ...dated, lead: null, says: 'tick' };
      return [{ topic: COUNTING.facts, partition: 'all', key: null, value }];
    },
    idle(state) {
      const { seq, at, all } = clockIn(state);
      if (seq === all) return [];
      const value: Counted = { kind: 'watermark', seq, step: 0, at, lead: null, says: 'nothing more' };
      return [{ topic: COUNTING.facts, partition: 'all', key: null, value }];
    },
    evolve(state, record): readonly Change[] {
      if (record.kind === 'refused') return [];
      const { seq, at, lead, cause } = record;
      const isTick = record.kind === 'tick';
      const { tickAt, all } = clockIn(state);
      const clock: Clock = { seq, at, tickAt: isTick ? at : tickAt, all: isTick ? seq : all };
      const changes: Change[] = [{ key: CLOCK, value: clock }];
      if (lead !== null) changes.push({ key: `nth:${lead}`, value: numberOf(state, lead) + 1 });
      if (cause !== undefined) changes.push({ key: `parts:${cause.partition}`, value: cause });
      return changes;
    },
    seqOf: (record) => (record.kind === 'refused' || record.kind === 'watermark' ? undefined : record.seq),
    undecodable: () => [],
  };
  return deciderTopology({
    service: 'number',
    inputs: [COUNTING.entries],
    outputs: [COUNTING.facts],
    sideOutputs: [COUNTING.refused],
    decider,
  });
}

function clockIn(state: TableReader): Clock {
  return (state.get(CLOCK) as Clock | undefined) ?? { seq: 0, at: 0, tickAt: 0, all: 0 };
}

function numberOf(state: TableReader, lead: string): number {
  return (state.get(`nth:${lead}`) as number | undefined) ?? 0;
}

/** How many facts of the entry at this offset are settled; all of them if it is asked for again. */
function partsOf(state: TableReader, partition: number, offset: number): number {
  const last = state.get(`parts:${partition}`) as { readonly offset: number; readonly part: number } | undefined;
  return last?.offset === offset ? last.part + 1 : 0;
}

export function partitionOf(lead: string, partitions: number): number {
  let hash = 0;
  for (let i = 0; i < lead.length; i++) hash = (Math.imul(hash, 31) + lead.charCodeAt(i)) >>> 0;
  return hash % partitions;
}
