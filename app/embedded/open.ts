import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheBudget } from '#app/cache/budget';
import { CommandFailed } from '#app/cli/failure';
import type { AnalystAccess, OpenEmbedded, Opened } from '#app/cli/ports';
import { answerExplain } from '#app/embedded/answer-explain';
import { answerSql } from '#app/embedded/answer-sql';
import { newestDeadLetters, retryDeadLetters } from '#app/embedded/dead-letters';
import { type Engine, startEngine } from '#app/embedded/engine';
import { createExplainer } from '#app/embedded/explainer';
import { type ImportTarget, importLines } from '#app/embedded/import';
import {
  applyModel,
  ensureModel,
  loggedSoFar,
  readFaultless,
  refuseFailing,
  versionInForce,
} from '#app/embedded/model';
import { once } from '#app/embedded/once';
import { serve } from '#app/embedded/serve';
import { USUAL_THREADS } from '#app/embedded/threads';
import { ANALYST, analystOf, PASSWORD_FILE } from '#app/folder/analyst';
import { refuseOnKafka } from '#app/folder/log-place';
import { readFunnel } from '#app/funnel/funnel';
import { openIdentityHash } from '#app/identity-key/identity-key';
import { namesOf, storedProgress, unfinishedImport } from '#app/import/progress';
import { openSpool } from '#app/import/spool';
import { notesBeside } from '#app/model-notes/notes';
import { ANY_KEY_TAKEN, openSources } from '#app/sources/open-sources';
import { verify } from '#app/verify/verify';
import type { OwnClickHouse } from '#lib/clickhouse/child/open';
import { createTurns } from '#lib/clickhouse/turns';
import { systemClock } from '#lib/clock/system';
import { messageOf } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { observesClickHouse } from '#lib/operation/clickhouse-state';
import type { Operation } from '#lib/operation/health';
import { heldText } from '#lib/operation/held-text';
import { createMetrics } from '#lib/operation/metrics';
import { observers } from '#lib/operation/observers';
import { createReadiness } from '#lib/operation/readiness';
import { TOPICS } from '#schemas/topics';
import type { Sources } from '#services/collect/source';

/** The folder in a data folder that is there while an import is under way. */
const SPOOL = 'import';

/** Log, stores and tables grow by about so many bytes for a byte of NDJSON. */
const GROWTH = 14;

/** Opens all of Leadstream in a data folder that this process has claimed. */
export const openEmbedded: OpenEmbedded = async (options) => {
  const { dir, mode, modelDir, sourcesFile, signal, notice } = options;
  const cache = cacheBudget(options.cache);
  await refuseOnKafka(dir);
  const operation = { metrics: createMetrics({ deadLetters: TOPICS.deadLetters }), readiness: createReadiness() };
  // Only who takes events in, or sends refused ones again, needs them: a fault in the file stops nobody else.
  const sources = once(() => openSources({ named: sourcesFile, data: dir }));
  if (mode === 'serve') sources();
  const files = mode === 'serve' && modelDir !== undefined ? await readFaultless(modelDir) : undefined;
  const engine = await startEngine({
    dir,
    ticks: mode === 'serve',
    retention: mode === 'answer' ? undefined : { days: options.retentionDays },
    identity: openIdentityHash(),
    cache,
    threads: mode === 'import' ? (options.threads ?? USUAL_THREADS) : 0,
    clickhouse: {
      ...(mode === 'serve' ? { reader: await analystOf(dir), port: options.clickhousePort } : {}),
      observer: observesClickHouse(operation.readiness, notice),
    },
    ...(mode === 'serve' ? { admit: (log: Log) => refuseUnfinished(log, dir) } : {}),
    observer: observers(operation.metrics.observer, operation.readiness.observer, {
      paused: (task, error) => notice(`${task} waits: ${messageOf(error)}`),
      held: (task, by) => by.forEach((one) => void notice(`${task} ${heldText(one)}`)),
    }),
  });
  try {
    if (mode === 'serve') {
      if (files !== undefined) await ensureModel(engine, files, signal, () => refuseFailing(modelDir ?? ''));
    } else {
      await engine.supervisor.idle(signal);
    }
    return opened(engine, dir, modelDir, mode === 'serve', operation, sources, notice);
  } catch (error) {
    await engine.close();
    throw error;
  }
};

/** An import's time must not be mixed with the present. */
async function refuseUnfinished(log: Log, dir: string): Promise<void> {
  const open = await unfinishedImport(log);
  const spool = openSpool(join(dir, SPOOL), new AbortController().signal);
  const state = await spool.state();
  if (open !== undefined) {
    const goOn = open.sorted && typeof state !== 'string' ? `, or go on with what was read: ${goOnWith(dir)}` : '';
    throw new CommandFailed(
      `the import of ${open.input_name} into ${dir} is unfinished after ${open.lines} lines; run the same import again first${goOn}`,
    );
  }
  const last = await storedProgress(log);
  if (state === 'missing' || (typeof state !== 'string' && state.import_id === last?.import_id)) return;
  const drop = `remove ${join(dir, SPOOL)} to do without it`;
  if (state === 'partial') {
    throw new CommandFailed(
      `an import into ${dir} was interrupted while it read its input; run the same import again first, or ${drop}`,
    );
  }
  throw new CommandFailed(
    `the import of ${namesOf(state.inputs)} into ${dir} is read and not logged; run the same import again first, or go on with what was read: ${goOnWith(dir)}; or ${drop}`,
  );
}

function goOnWith(dir: string): string {
  return `leadstream import - --data ${dir} < /dev/null`;
}

async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

function opened(
  engine: Engine,
  dir: string,
  modelDir: string | undefined,
  live: boolean,
  operation: Operation,
  sources: () => Sources,
  notice: (line: string) => void,
): Opened {
  const explainer = createExplainer(engine);
  const verifications = createTurns();
  /** What an import's threads hold is asked for: from then on one thread does all. */
  const atHand = async () => (live ? undefined : engine.comeHome());
  const settled = (signal: AbortSignal) => (live ? Promise.resolve() : engine.supervisor.idle(signal));
  return {
    sql: (query, format, answer) => answerSql(engine.clickhouse, query, format, answer),
    async explain(question) {
      await atHand();
      return answerExplain(explainer, engine.clickhouse, question);
    },
    funnel: () => readFunnel(engine.clickhouse),
    verify: (signal, onProgress) =>
      verifications.run(async () => {
        await atHand();
        return verify(engine, signal, onProgress);
      }),
    async applyModel(files) {
      await atHand();
      const notesOn = notesBeside(engine.clickhouse, () => explainer.models.current(explainer.inForce()));
      return applyModel({ ...engine, notesOn }, files);
    },
    deadLetters: (limit) => newestDeadLetters(engine.log, limit),
    async retryDeadLetters(which) {
      const outcome = await retryDeadLetters(engine.log, which, {
        clock: systemClock,
        hash: sha256,
        sources: sources(),
      });
      await settled(new AbortController().signal);
      return outcome;
    },
    importLines: (source) => importLines(targetOf(engine, dir), source, modelDir),
    async serve(options) {
      const serving = await serve(engine, explainer, operation, sources(), options);
      if (!sources().listed) notice(ANY_KEY_TAKEN);
      return { ...serving, analysts: await accessTo(engine.clickhouse, dir) };
    },
    close: () => engine.close(),
  };
}

async function accessTo(clickhouse: OwnClickHouse, dir: string): Promise<AnalystAccess | undefined> {
  const { url } = await clickhouse.state();
  return url === undefined ? undefined : { url, user: ANALYST, passwordFile: join(dir, PASSWORD_FILE) };
}

function targetOf(engine: Engine, dir: string): ImportTarget {
  const { log, failed, supervisor, clickhouse, analyze } = engine;
  return {
    log,
    failed,
    logged: loggedSoFar(engine),
    spoolDir: join(dir, SPOOL),
    disk: { free: () => freeBytes(dir), growth: GROWTH, named: dir, remedy: 'use another --data folder' },
    goOn: goOnWith(dir),
    modelVersion: versionInForce(engine),
    lag: () => supervisor.lag(),
    idle: (signal) => supervisor.idle(signal),
    done: async () =>
      Math.max(0, ...analyze.flatMap((task) => task.positions() ?? []).map(({ position }) => position.offset)),
    rows: (sql) => clickhouse.rows(sql),
  };
}
