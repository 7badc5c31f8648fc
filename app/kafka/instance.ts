import { join } from 'node:path';
import type { Logger } from 'pino';
import { CommandFailed } from '#app/cli/failure';
import type { ExplainerDeps } from '#app/embedded/explainer';
import { refuseOtherKey } from '#app/identity-key/refuse-other-key';
import { openAnalysts } from '#app/kafka/clickhouse';
import { connectLog } from '#app/kafka/connection';
import { followServices } from '#app/kafka/copies';
import { createGate } from '#app/kafka/gate';
import { hostedBy, TICK_EVERY } from '#app/kafka/hosted';
import { refuseLostPositions } from '#app/kafka/lost';
import type { Runnable } from '#app/kafka/parts';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { storedProgress } from '#app/kafka/stored';
import type { ClickHouse } from '#lib/clickhouse/client';
import { isEmpty, migrate } from '#lib/clickhouse/migrate';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { systemClock } from '#lib/clock/system';
import { type Host, host } from '#lib/flow/host';
import type { Log } from '#lib/flow/log';
import type { Sink } from '#lib/flow/ports';
import { Room } from '#lib/flow/room';
import type { RunnerOptions } from '#lib/flow/runner';
import { startOver } from '#lib/flow/start-over';
import type { Supervisor } from '#lib/flow/supervisor';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import type { CompileModel } from '#lib/model/model';
import { lagOf } from '#lib/operation/lag';
import { createLogObserver } from '#lib/operation/log-lines';
import type { Metrics } from '#lib/operation/metrics';
import { observers } from '#lib/operation/observers';
import type { Readiness } from '#lib/operation/readiness';
import { lmdbStores } from '#lib/store/lmdb';
import { writeBehindStores } from '#lib/store/write-behind';
import { TOPICS } from '#schemas/topics';
import { createPipeline, type Pipeline } from '#services/pipeline';

export interface InstanceOptions {
  /** Folder that this process has claimed. */
  readonly dir: string;
  readonly parts: readonly Runnable[];
  readonly settings: KafkaRuntimeSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}

/** Services of an installation in this process. */
export interface Instance {
  readonly log: Log;
  readonly pipeline: Pipeline;
  readonly compile: CompileModel;
  /** Where analyze writes; only with analyze or the dashboard. */
  readonly clickhouse: ClickHouse | undefined;
  /** What explanations are made of; only with the dashboard. */
  readonly asked: ExplainerDeps | undefined;
  /** Joins the groups of its services, which work from here on; called once. Resolves when each has its share. */
  start(): Promise<void>;
  /** Rejects when something cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Calls back after each commit of this process; stops when the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** Hands its tasks over and closes everything. */
  close(): Promise<void>;
}

/** Writes that a store gathers before it goes to the disk, for so long at most, ms: what a crash has to fold again. */
const WAITING = 32_000;
const WAIT = 3_000;

/** Connects, and checks all that its services depend on: none of them runs yet, and nothing is written to a topic. */
export async function openInstance(opening: InstanceOptions): Promise<Instance> {
  const { dir, parts, settings, logger, metrics, readiness } = opening;
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const log = await connectLog(settings, (line, details) => logger.debug(details, line));
    closing.push(() => log.close());
    const listeners = new Set<() => void>();
    const { identity, kafka } = settings;
    if (parts.some(hashesIdentifiers)) await refuseOtherKey(log, identity, `${kafka.prefix}${TOPICS.activity}`);
    const compile = createCompiler();
    const partitions = log.partitions(TOPICS.activity);
    const options = { hash: sha256, identity, compile, partitions };
    const pipeline = createPipeline({ ...options, tickEvery: TICK_EVERY, standsStill: true });
    const stores = join(dir, 'stores');
    const observer = observers(metrics.observer, readiness.observer, createLogObserver(logger), {
      committed: () => {
        for (const listener of listeners) listener();
      },
    });
    const openStore = writeBehindStores(lmdbStores({ dir: stores }), {
      room: new Room(settings.cache),
      waiting: WAITING,
      wait: WAIT,
      clock: systemClock,
    });
    const hosted = parts.flatMap((part) => hostedBy(part, pipeline, log));
    await refuseLostPositions(hosted, log, systemClock);

    const needsClickHouse = parts.includes('analyze') || parts.includes('dashboard');
    const clickhouse = needsClickHouse
      ? await openAnalysts(settings, dir, { metrics, readiness }, (line) => logger.warn(line))
      : undefined;
    if (clickhouse !== undefined) closing.push(() => clickhouse.close());
    const sink = (clickhouse === undefined ? NO_SINK : createClickHouseSink(clickhouse)) as Sink<unknown>;
    const running: RunnerOptions = { log, openStore, sink, clock: systemClock, observer };

    const copies = parts.includes('dashboard')
      ? followServices({ log, pipeline, compile, identity, openStore, observer })
      : undefined;
    let following: Supervisor | undefined;
    closing.push(async () => following?.stop());

    const hosts: Host[] = [];
    closing.push(async () => {
      await Promise.all(hosts.map((one) => one.stop()));
    });
    metrics.watchLag(lagOf(() => hosts.flatMap((one) => one.tasks()), log));
    const started = readiness.until('its share of the work');
    let fail: (error: unknown) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {}); // whoever awaits it sees it
    return {
      log,
      pipeline,
      compile,
      clickhouse,
      asked: copies?.asked,
      async start() {
        following = copies?.start();
        following?.failed.catch(fail);
        const gate = createGate();
        const joined = await Promise.allSettled(
          hosted.map(async (service) => {
            const { service: group, sharing, taskOf } = service;
            const stored = await storedProgress(stores, service);
            const task = (share: number) => gate.hold(taskOf(share, running));
            const one = await host({ log, clock: systemClock, group, sharing, stored, taskOf: task });
            one.failed.catch(fail);
            hosts.push(one);
            const writesTables = service.writes.length === 0 && settings.clickhouse === undefined;
            if (writesTables && one.tasks().length < sharing.shares) throw new CommandFailed(OTHER_TABLES);
          }),
        );
        // all that have joined are known by now, to leave again
        for (const one of joined) if (one.status === 'rejected') throw one.reason;
        if (clickhouse !== undefined && parts.includes('analyze')) {
          // Before the tables are there again: a crash in between finds them missing still.
          if (await isEmpty(clickhouse)) {
            for (const topology of pipeline.analyze) await startOver(topology, log, openStore);
          }
          await migrate(clickhouse);
        }
        gate.open();
        started();
      },
      failed,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** The others know identifiers by their pseudonyms alone, and need no key. */
function hashesIdentifiers(part: Runnable): boolean {
  return part === 'identify' || part === 'dashboard';
}

/** An engine in a folder is one process's: of what another instance writes it would hold nothing. */
const OTHER_TABLES =
  'another instance runs analyze, and this one would have a part of the tables only; run it once, or name a ClickHouse server with --clickhouse';

const NO_SINK: Sink<unknown> = {
  write: () => Promise.reject(new Error('rows are written by analyze alone')),
};
