import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed } from '#app/cli/failure';
import type { ImportSource } from '#app/cli/ports';
import type { ImportSummary } from '#app/cli/reports';
import { type ImportTarget, importLines } from '#app/embedded/import';
import { unfinishedImport } from '#app/import/progress';
import { TICK_EVERY } from '#app/kafka/hosted';
import { watchServices } from '#app/kafka/lag';
import { loggedSoFar } from '#app/kafka/logged';
import { modelInForce } from '#app/kafka/model-in-force';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';

/** The folder in `spool` that is there while an import is under way. */
const LINES = 'import';

/**
 * Reads lines into the log of an installation on Kafka, and waits until its services have worked them off. `spool`: a
 * folder that this process owns, as the user named it; the sorted lines are kept there until they are imported.
 */
export async function importToKafka(
  log: Log,
  rows: ImportTarget['rows'],
  source: ImportSource,
  modelDir: string,
  spool: string,
): Promise<ImportSummary> {
  const compile = createCompiler();
  const partitions = log.partitions(TOPICS.activity);
  const pipeline = createPipeline({ hash: sha256, compile, partitions, tickEvery: TICK_EVERY, standsStill: true });
  const services = watchServices(pipeline, log, systemClock);
  const untouched = await isUntouched(log);
  if (untouched && !(await services.running())) {
    throw new CommandFailed('no service has ever run on these topics: start them first, with leadstream run');
  }
  const target: ImportTarget = {
    log,
    // what is published and not decided yet is received now
    logged: untouched ? undefined : ((await loggedSoFar(log)) ?? { at: systemClock.now(), ownTime: false }),
    modelVersion: untouched ? '' : await modelInForce(log),
    spoolDir: join(spool, LINES),
    disk: {
      async free() {
        const { bavail, bsize } = await statfs(spool);
        return bavail * bsize;
      },
      growth: 0,
      named: spool,
      remedy: 'name another folder with --spool',
    },
    goOn: `leadstream import - --kafka --spool ${spool} < /dev/null`,
    failed: new Promise<never>(() => {}),
    lag: () => services.lag(),
    idle: (signal) => services.idle(signal),
    done: () => services.analyzed(),
    rows,
  };
  return importLines(target, source, modelDir);
}

/** Nothing was ever logged, or only a part of an import that brings its own time. */
async function isUntouched(log: Log): Promise<boolean> {
  if ((await unfinishedImport(log))?.own_time === true) return true;
  for (const topic of [TOPICS.events, TOPICS.activity]) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      if ((await log.end({ topic, partition })) > 0) return false;
    }
  }
  return true;
}
