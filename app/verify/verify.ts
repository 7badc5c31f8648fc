import type { VerifyProgress } from '#app/cli/ports';
import type { Verification } from '#app/cli/reports';
import type { Engine } from '#app/embedded/engine';
import { Findings } from '#app/verify/compare';
import { verifyFolds } from '#app/verify/folds';
import { verifyHandoff } from '#app/verify/handoff';
import { verifyIdentify } from '#app/verify/identify';
import { Progress } from '#app/verify/progress';
import { ScoresOfNow } from '#app/verify/scores';
import { standStill } from '#app/verify/stand-still';
import { verifyTables } from '#app/verify/tables';
import { START } from '#lib/flow/position';
import { Models } from '#lib/model/in-force';
import { TOPICS } from '#schemas/topics';

/**
 * Recomputes everything from the log by a plain run in memory and compares it with what is stored: decisions, topics,
 * stores, tables. Nothing moves meanwhile; publishers go on being acknowledged. One verification at a time.
 */
export async function verify(
  engine: Engine,
  signal: AbortSignal,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Verification> {
  const { pipeline, identify, folds, clickhouse, compile } = engine;
  const { log: still, release } = await standStill(engine, signal);
  try {
    const progress = new Progress(4, onProgress);
    const log = progress.through(still);
    const findings = new Findings();
    const compared: { what: string; count: number }[] = [];
    const part = async (what: string, compare: () => Promise<number>) => {
      progress.begin(what);
      compared.push({ what, count: await compare() });
    };
    const scores = await ScoresOfNow.read(clickhouse, new Models(compile), findings);
    await part('decisions of identify', () => {
      const until = identify.positions()?.find(({ topic }) => topic === TOPICS.events)?.position ?? START;
      return verifyIdentify(pipeline.identify, log, until, findings, signal);
    });
    await part('scores, stages and triggers', async () => {
      let records = 0;
      for (const [partition, task] of folds.entries()) {
        records += await verifyFolds(pipeline.folds, partition, log, task.table(), findings, signal, (table) =>
          scores.compare(table),
        );
      }
      return records;
    });
    compared.push({ what: 'scores of leads', count: scores.end() });
    await part('handoffs', () => verifyHandoff(pipeline.handoff, log, findings, signal));
    progress.begin('tables');
    const tables = await verifyTables(pipeline.analyze, log, clickhouse, findings, signal);
    for (const [what, count] of tables) compared.push({ what: `rows of ${what}`, count });
    return { compared, differences: findings.differences };
  } finally {
    release();
  }
}
