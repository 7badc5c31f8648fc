import { isDeepStrictEqual } from 'node:util';
import { FoldMachine } from '#lib/flow/fold-machine';
import { START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import type { FoldTopology } from '#lib/flow/topology';
import type { Versioned } from '#test/simulation/database';
import type { Evidence } from '#test/simulation/workload';

/** Holds the database against the rows that a plain recomputation of the sinks' inputs gives. Returns what differs. */
export function checkRows(
  { broker, rows }: Evidence,
  sinks: readonly FoldTopology[],
  describe: (row: unknown) => Versioned,
): string[] {
  const expected = new Map<string, { readonly version: number; readonly row: unknown }>();
  const add = (row: unknown) => {
    const { key, version } = describe(row);
    const known = expected.get(key);
    if (known === undefined || known.version < version) expected.set(key, { version, row });
  };
  for (const sink of sinks) {
    for (const [partition, { visible }] of broker.topic(sink.input).entries()) {
      const machine = new FoldMachine([sink], new Overlay(), START);
      for (const { offset, value } of visible) {
        machine.begin(offset, value);
        while (machine.busy) for (const emitted of machine.step()) add(emitted.value);
      }
      for (const row of machine.counterRows(partition)) add(row);
    }
  }
  const problems: string[] = [];
  for (const key of new Set([...expected.keys(), ...rows.keys()])) {
    const row = expected.get(key)?.row;
    if (!isDeepStrictEqual(rows.get(key), row)) {
      problems.push(`row ${key} is ${JSON.stringify(rows.get(key))}, not ${JSON.stringify(row)}`);
    }
  }
  return problems;
}
