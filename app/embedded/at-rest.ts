import { join } from 'node:path';
import { createExplainer, type Explainer } from '#app/embedded/explainer';
import { once } from '#app/embedded/once';
import { openOwnLog, pipelineOf } from '#app/embedded/pipeline';
import { refuseOtherKey } from '#app/identity-key/refuse-other-key';
import type { ClickHouse } from '#lib/clickhouse/client';
import type { Log } from '#lib/flow/log';
import { partitionsOf } from '#lib/flow/partitions';
import { comparePositions, START, type TopicPartition } from '#lib/flow/position';
import { foldTaskName } from '#lib/flow/start-over';
import { hasStateVersion } from '#lib/flow/state-version';
import type { Topology } from '#lib/flow/topology';
import type { IdentityHash } from '#lib/identity/identity-hash';
import { createCompiler } from '#lib/model/compile';
import { storeFolder } from '#lib/store/lmdb';
import { openStoredTable, type StoredTable } from '#lib/store/read-only';
import type { Pipeline } from '#services/pipeline';

/** A data folder in which all is worked off. What it is asked for is opened then, and nothing runs. */
export interface AtRest {
  readonly log: Log;
  /** Undefined: tables are missing, or not up to date. */
  clickhouse(): Promise<ClickHouse | undefined>;
  /** Undefined: a store is missing, or behind the log. */
  explainer(): Promise<Explainer | undefined>;
  close(): Promise<void>;
}

/** A task, and what it has read when all is worked off. */
interface Resting {
  readonly name: string;
  readonly chain: readonly Topology[];
  readonly inputs: readonly TopicPartition[];
}

/** Undefined: something is left to be worked off. Rejects as `startEngine` does. */
export async function openAtRest(dir: string, identity: IdentityHash): Promise<AtRest | undefined> {
  const log = await openOwnLog(dir, {});
  const compile = createCompiler();
  const pipeline = pipelineOf(log, { identity, compile });
  const tasks = tasksOf(pipeline, log);
  const opened: { close(): Promise<void> }[] = [log];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  try {
    await refuseOtherKey(log, identity, dir);
    for (const task of tasks) {
      if (await isDone(task, log)) continue;
      await close();
      return undefined;
    }
  } catch (error) {
    await close();
    throw error;
  }

  async function tableOf({ name, chain, inputs }: Resting): Promise<StoredTable | undefined> {
    const table = openStoredTable(storeFolder(join(dir, 'stores'), name));
    if (table === undefined) return undefined;
    opened.push(table);
    const [first] = chain;
    // A decider's store is a fold of its outputs, a fold's of its input.
    const folded = first?.kind === 'decider' ? first.outputs.flatMap((topic) => partitionsOf(log, topic)) : inputs;
    const positions = table.positions() ?? [];
    for (const { topic, partition } of folded) {
      const stored = positions.find((one) => one.topic === topic && one.partition === partition)?.position ?? START;
      if (comparePositions(stored, { offset: await log.end({ topic, partition }), cursor: 0 }) !== 0) return undefined;
    }
    return hasStateVersion(table, chain) ? table : undefined;
  }

  async function openTables(): Promise<ClickHouse | undefined> {
    const [{ openClickHouse }, { isUpToDate }] = await Promise.all([
      import('#lib/clickhouse/child/open'),
      import('#lib/clickhouse/migrate'),
    ]);
    const clickhouse = await openClickHouse({ dir: join(dir, 'clickhouse') });
    opened.push(clickhouse);
    return (await isUpToDate(clickhouse)) ? clickhouse : undefined;
  }

  async function openStores(): Promise<Explainer | undefined> {
    const asked = tasks.filter(({ chain: [first] }) => first === pipeline.identify || first === pipeline.folds[0]);
    const tables = await Promise.all(asked.map(tableOf));
    const [identify, ...folds] = asked.map(({ name }, i) => ({ name, table: () => tables[i] }));
    if (identify === undefined || tables.includes(undefined)) return undefined;
    return createExplainer({ log, compile, identity, identify, folds });
  }

  return { log, clickhouse: once(openTables), explainer: once(openStores), close };
}

function tasksOf({ identify, folds, handoff, analyze }: Pipeline, log: Log): readonly Resting[] {
  const deciders = [identify, handoff].map((decider) => ({
    name: `${decider.service}-0`,
    chain: [decider],
    inputs: decider.inputs.flatMap((topic) => partitionsOf(log, topic)),
  }));
  const chains = [folds, ...analyze.map((topology) => [topology] as const)].flatMap((chain) =>
    partitionsOf(log, chain[0].input).map((input) => ({
      name: foldTaskName(chain, input.partition),
      chain,
      inputs: [input],
    })),
  );
  return [...deciders, ...chains];
}

async function isDone({ name, inputs }: Resting, log: Log): Promise<boolean> {
  const positions = await log.positionsOf(name, inputs);
  for (const [i, input] of inputs.entries()) {
    const done = { offset: await log.end(input), cursor: 0 };
    const position = positions[i]?.position;
    if (position === undefined || comparePositions(position, done) !== 0) return false;
  }
  return true;
}
