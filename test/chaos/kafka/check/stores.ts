import { existsSync } from 'node:fs';
import type { Findings } from '#app/verify/compare';
import { verifyFolds } from '#app/verify/folds';
import { DeciderMachine, lastSeq } from '#lib/flow/decider-machine';
import type { Log } from '#lib/flow/log';
import { mergeBySeq } from '#lib/flow/merge';
import { comparePositions, type TopicPartition } from '#lib/flow/position';
import { storedPosition } from '#lib/flow/refold';
import { foldTaskName } from '#lib/flow/start-over';
import type { Store, TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology, FoldTopology } from '#lib/flow/topology';
import { lmdbStores, storeFolder } from '#lib/store/lmdb';
import type { Pipeline } from '#services/pipeline';
import type { Report } from '#test/chaos/kafka/check/promises';

export interface StoresOptions {
  /** Folders of stores, of all instances; none of them runs any more. */
  readonly folders: readonly string[];
  readonly pipeline: Pipeline;
  /** Whether score, stage and trigger ran in one task. */
  readonly chained: boolean;
  readonly log: Log;
  readonly findings: Findings;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Every task has a store on some machine that is at the end of what it folds, and it holds what a plain run gives; the
 * dashboard's copies too. No store is ahead of the log. Returns how many were compared.
 */
export async function checkStores(options: StoresOptions): Promise<number> {
  const { pipeline, chained, log, signal } = options;
  const { folds, analyze, identify, handoff } = pipeline;
  const chains: (readonly [FoldTopology, ...FoldTopology[]])[] = [
    ...(chained ? [folds] : folds.map((fold): [FoldTopology] => [fold])),
    ...analyze.map((fold): [FoldTopology] => [fold]),
  ];
  let compared = 0;
  for (const chain of chains) {
    for (let partition = 0; partition < log.partitions(chain[0].input); partition++) {
      const input = { topic: chain[0].input, partition };
      const end = await log.end(input);
      compared += await checkTask(options, foldTaskName(chain, partition), [input], {
        isCurrent: (store) => comparePositions(storedPosition(store), { offset: end, cursor: 0 }) === 0,
        compare: async (store, findings) => {
          await verifyFolds(chain, partition, log, store, findings, signal);
        },
      });
    }
  }
  for (const topology of [identify, handoff]) {
    const table = await evolved(topology, log, signal);
    compared += await checkTask(options, `${topology.service}-0`, partitionsOf(topology, log), {
      // Its positions say how far it is at least: the ends of its transactions take offsets too.
      isCurrent: (store) => lastSeq(store) === lastSeq(table),
      compare: async (store, findings) => compareAll(topology.service, store, table, findings),
    });
  }
  return compared;
}

interface TaskCheck {
  readonly isCurrent: (store: Store) => boolean;
  readonly compare: (store: TableReader, findings: Findings) => Promise<void>;
}

async function checkTask(
  { folders, log, findings, report }: StoresOptions,
  task: string,
  folded: readonly TopicPartition[],
  { isCurrent, compare }: TaskCheck,
): Promise<number> {
  const ends = await Promise.all(folded.map((at) => log.end(at)));
  let compared = 0;
  let own = 0;
  for (const folder of folders) {
    for (const name of [task, `follow-${task}`]) {
      if (!existsSync(storeFolder(folder, name))) continue;
      const store = await lmdbStores({ dir: folder })(name);
      try {
        if (isAhead(store, folded, ends)) report(`the store of ${name} in ${folder} is ahead of the log`);
        if (!isCurrent(store)) continue;
        await compare(store, findings);
        compared++;
        if (name === task) own++;
      } finally {
        await store.close();
      }
    }
  }
  if (own === 0) report(`no instance has a store of ${task} that is at the end of the log`);
  return compared;
}

function isAhead(store: Store, folded: readonly TopicPartition[], ends: readonly number[]): boolean {
  return folded.some(({ topic, partition }, i) => {
    const at = store.positions()?.find((input) => input.topic === topic && input.partition === partition);
    return at !== undefined && at.position.offset > (ends[i] ?? 0);
  });
}

/** The state of a decider: the fold of its outputs. */
async function evolved(topology: DeciderTopology, log: Log, signal: AbortSignal): Promise<Overlay> {
  const table = new Overlay();
  const outputs = partitionsOf(topology, log);
  const bounded = await Promise.all(outputs.map(async (at) => ({ reader: log.reader(at, 0), end: await log.end(at) })));
  try {
    const machine = new DeciderMachine(topology.decider, (topic) => log.partitions(topic), table);
    for await (const { value } of mergeBySeq(bounded, topology.decider.seqOf, signal)) machine.evolve(value);
    table.apply(machine.changes());
    return table;
  } finally {
    await Promise.all(bounded.map(({ reader }) => reader.close()));
  }
}

function partitionsOf({ outputs }: DeciderTopology, log: Log): TopicPartition[] {
  return outputs.flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition })),
  );
}

/** Above every key. */
const LAST = '\u{10ffff}';
/** Says in which form the state is kept: stores have it, a plain run does not. */
const VERSION = 'version:';

function compareAll(service: string, stored: TableReader, recomputed: TableReader, findings: Findings): void {
  const expected = new Map(recomputed.range('', LAST));
  for (const [key, value] of stored.range('', LAST)) {
    if (key === VERSION) continue;
    findings.compare(`store ${service}`, key, value, expected.get(key));
    expected.delete(key);
  }
  for (const [key, value] of expected) findings.add(`store ${service}`, key, undefined, value);
}
