import type { VerifyProgress } from '#app/cli/ports';
import type { Verification } from '#app/cli/reports';
import { watchServices } from '#app/kafka/lag';
import { Findings } from '#app/verify/compare';
import { verifyFolds } from '#app/verify/folds';
import { verifyHandoff } from '#app/verify/handoff';
import { verifyIdentify } from '#app/verify/identify';
import { Progress } from '#app/verify/progress';
import { ScoresOfNow } from '#app/verify/scores';
import { verifyTables } from '#app/verify/tables';
import type { ClickHouse } from '#lib/clickhouse/client';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { START, type TopicPartition } from '#lib/flow/position';
import { Models } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import type { Pipeline } from '#services/pipeline';

export interface Installation {
  readonly log: Log;
  readonly pipeline: Pipeline;
  readonly compile: CompileModel;
  /** undefined: its tables are not compared. */
  readonly clickhouse: Pick<ClickHouse, 'rows' | 'query'> | undefined;
}

/**
 * Recomputes every topic and table of an installation from its log by a plain run in memory and compares. Services run
 * anywhere and go on meanwhile: what is compared is the log as it ends once they have worked off what is there now, so
 * publishers should pause.
 */
export async function verifyInstallation(
  { log: whole, pipeline, compile, clickhouse }: Installation,
  signal: AbortSignal,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Verification> {
  await watchServices(pipeline, whole, systemClock).idle(signal);
  signal.throwIfAborted();
  const [identified] = await whole.positionsOf('identify-0', [EVENTS]);
  const progress = new Progress(clickhouse === undefined ? 3 : 4, onProgress);
  const log = progress.through(await endingNow(whole));
  const findings = new Findings();
  const compared: { what: string; count: number }[] = [];
  const part = async (what: string, compare: () => Promise<number>) => {
    progress.begin(what);
    compared.push({ what, count: await compare() });
  };
  const scores = clickhouse && (await ScoresOfNow.read(clickhouse, new Models(compile), findings));
  await part('decisions of identify', () =>
    verifyIdentify(pipeline.identify, log, identified?.position ?? START, findings, signal),
  );
  await part('scores, stages and triggers', async () => {
    let records = 0;
    for (let partition = 0; partition < log.partitions(TOPICS.activity); partition++) {
      records += await verifyFolds(pipeline.folds, partition, log, undefined, findings, signal, (table) =>
        scores?.compare(table),
      );
    }
    return records;
  });
  if (scores !== undefined) compared.push({ what: 'scores of leads', count: scores.end() });
  await part('handoffs', () => verifyHandoff(pipeline.handoff, log, findings, signal));
  if (clickhouse !== undefined) {
    progress.begin('tables');
    const tables = await verifyTables(pipeline.analyze, log, clickhouse, findings, signal);
    for (const [what, count] of tables) compared.push({ what: `rows of ${what}`, count });
  }
  return { compared, differences: findings.differences };
}

const EVENTS: TopicPartition = { topic: TOPICS.events, partition: 0 };

/** The log as it ends now. */
async function endingNow(log: Log): Promise<Log> {
  const ends = new Map<string, number>();
  for (const topic of Object.values(TOPICS)) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      ends.set(`${topic}/${partition}`, await log.end({ topic, partition }));
    }
  }
  return { ...log, end: async (at) => ends.get(`${at.topic}/${at.partition}`) ?? log.end(at) };
}
