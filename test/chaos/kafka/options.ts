import { parseArgs } from 'node:util';
import type { Layout } from '#test/chaos/kafka/fleet/layout';

export const USAGE = `usage: npm run chaos -- [--minutes M] [--seed S] [--layout NAME] [--keep DIR]
  --minutes  how long faults go on (default 10); starting, coming to rest and comparing take some minutes more
  --seed     decides all faults (default: drawn); a run is repeated with the seed that it prints
  --layout   separate, grouped or chained: which services share a process (default: the seed decides)
  --keep     keeps logs, data and stores in this folder
`;

const LAYOUTS: readonly Layout['name'][] = ['separate', 'grouped', 'chained'];
const MINUTE = 60_000;
const MOST_MINUTES = 24 * 60;

export interface Wanted {
  /** How long faults go on, ms. */
  readonly lasts: number;
  readonly seed: number;
  readonly layout: Layout['name'] | undefined;
  readonly keep: string | undefined;
}

/** What the arguments ask for; undefined: nothing that can be done. */
export function readArguments(args: readonly string[]): Wanted | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
        layout: { type: 'string' },
        keep: { type: 'string' },
      },
    });
    const minutes = Number(values.minutes);
    const seed = Number(values.seed);
    const layout = LAYOUTS.find((name) => name === values.layout);
    if (!(minutes > 0 && minutes <= MOST_MINUTES) || !Number.isSafeInteger(seed)) return undefined;
    if (values.layout !== undefined && layout === undefined) return undefined;
    return { lasts: minutes * MINUTE, seed, layout, keep: values.keep };
  } catch {
    return undefined;
  }
}
