import { positionsOfHandoff, positionsOfIdentify } from '#app/recover/deciders';
import { positionOfFold } from '#app/recover/fold';
import type { Log } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import { foldTaskName } from '#lib/flow/start-over';
import type { FoldTopology } from '#lib/flow/topology';
import type { Pipeline } from '#services/pipeline';

/** A service whose positions can be found again. */
export type Recoverable = 'identify' | 'handoff' | { readonly chain: readonly [FoldTopology, ...FoldTopology[]] };

export interface RecoverOptions {
  readonly log: Log;
  readonly service: Recoverable;
  readonly signal: AbortSignal;
  readonly onRecord: () => void;
}

/** The service of that name, also a chain as in score+stage+trigger; undefined: none whose positions need that. */
export function recoverable(name: string, { folds }: Pipeline): Recoverable | undefined {
  if (name === 'identify' || name === 'handoff') return name;
  const [first, ...rest] = name.split('+').map((service) => folds.find((fold) => fold.service === service));
  if (first === undefined || rest.some((fold) => fold === undefined)) return undefined;
  return { chain: [first, ...rest.filter((fold) => fold !== undefined)] };
}

/**
 * Finds the lost positions of a service from what it has written, and commits them. A position that is still there stays.
 * Returns what was committed. The service's tasks are fenced meanwhile.
 */
export async function recover({ log, service, signal, onRecord }: RecoverOptions): Promise<readonly InputPosition[]> {
  switch (service) {
    case 'identify':
      return commitMissing(log, 'identify-0', await positionsOfIdentify(log, signal, onRecord));
    case 'handoff':
      return commitMissing(log, 'handoff-0', await positionsOfHandoff(log, signal, onRecord));
    default: {
      const { chain } = service;
      const found: InputPosition[] = [];
      for (let partition = 0; partition < log.partitions(chain[0].input); partition++) {
        const input = { topic: chain[0].input, partition };
        const name = foldTaskName(chain, partition);
        const [known] = await log.positionsOf(name, [input]);
        if (known !== undefined) continue;
        const position = await positionOfFold(chain, partition, log, signal, onRecord);
        found.push(...(await commitMissing(log, name, [{ ...input, position }])));
      }
      return found;
    }
  }
}

async function commitMissing(
  log: Log,
  task: string,
  positions: readonly InputPosition[],
): Promise<readonly InputPosition[]> {
  const taskLog = await log.open(task);
  try {
    const known = await taskLog.positions(positions);
    const missing = positions.filter((_, i) => known[i] === undefined);
    if (missing.length > 0) await taskLog.commit([], missing);
    return missing;
  } finally {
    await taskLog.close();
  }
}
