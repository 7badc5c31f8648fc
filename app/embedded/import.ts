import type { ImportSource } from '#app/cli/ports';
import type { ImportSummary } from '#app/cli/reports';
import { readFaultless, refuseFailing } from '#app/embedded/model';
import type { Imported, Logged, Standing } from '#app/import/deps';
import type { DiskSpace } from '#app/import/disk';
import { importEvents } from '#app/import/import';
import { storedProgress } from '#app/import/progress';
import { systemClock } from '#lib/clock/system';
import type { Log, Outgoing } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import { sha256 } from '#lib/hash/sha256';
import { versionOf } from '#lib/model/files';
import { type DeadLetterMessage, TOPICS } from '#schemas/topics';

/** The import reads no further ahead of the pipeline than this, in records: most of them are still decoded at hand. */
const AHEAD = 12_000;

/** How often it looks whether the pipeline has caught up, ms. */
const LOOK_AGAIN = 10;

const DEAD_LETTERS = { topic: TOPICS.deadLetters, partition: 0 };

const LINE = /^import (.*line \d+)$/;

/** The installation that lines go to. */
export interface ImportTarget {
  readonly log: Log;
  /** Where the log stands; undefined: nothing was ever logged, an import then brings its own time. */
  readonly logged: Logged | undefined;
  /** Of the model in force; empty before the first one. */
  readonly modelVersion: string;
  /** Where the sorted lines are kept until they are imported. */
  readonly spoolDir: string;
  readonly disk: DiskSpace;
  /** The command that goes on with an import whose lines are sorted. */
  readonly goOn: string;
  /** Rejects when the pipeline cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Records that the pipeline has still to read. */
  lag(): Promise<number>;
  idle(signal: AbortSignal): Promise<void>;
  /** Records that have come out at the end of the pipeline. */
  done(): Promise<number>;
  /** Asks the analysts' tables. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Reads lines into the log and waits until the pipeline has worked them off. */
export async function importLines(
  target: ImportTarget,
  source: ImportSource,
  modelDir: string | undefined,
): Promise<ImportSummary> {
  const { log } = target;
  const before = await storedProgress(log);
  const model = modelDir === undefined ? undefined : await modelOf(target, modelDir);
  let lines = before?.finished === false ? before.lines : 0;
  let isReading = true;
  const tell = async () => {
    if (!isReading) source.onProgress({ phase: 'importing', lines, events: await target.done() });
  };
  const standing = await count(target);
  const watch = setInterval(() => void tell().catch(() => {}), 200);
  try {
    const imported = await Promise.race([
      importEvents({
        log: { namedPosition: (name) => log.namedPosition(name), publish: paced(target, source) },
        hash: sha256,
        clock: systemClock,
        inputs: source.inputs,
        source: source.source,
        may: source.may,
        sorted: source.sorted,
        historic: source.historic,
        logged: target.logged,
        standing,
        spoolDir: target.spoolDir,
        disk: target.disk,
        goOn: target.goOn,
        model,
        onReading: (reading) => source.onProgress({ phase: 'reading', ...reading }),
        onProgress: (durable) => {
          isReading = false;
          lines = durable.lines;
        },
        signal: source.signal,
      }),
      target.failed,
    ]);
    await target.idle(imported.progress.finished ? new AbortController().signal : source.signal);
    await tell();
    return await summarize(target, imported);
  } finally {
    clearInterval(watch);
  }
}

/** What an import brought, of all its runs. Whatever of it was there before is a duplicate. */
async function summarize(target: ImportTarget, { progress, known }: Imported): Promise<ImportSummary> {
  const { finished, lines, accepted, rejected, in_the_future, future_lines, before } = progress;
  const { activities, deadLetters, leads } = await count(target);
  if (known) {
    return {
      finished,
      known,
      lines,
      accepted,
      duplicates: accepted,
      dead_letters: 0,
      in_the_future: 0,
      future_lines: [],
      leads,
    };
  }
  const dead_letters = await countDeadLetters(target.log, before.deadLetters, deadLetters);
  return {
    finished,
    known,
    lines,
    accepted,
    duplicates: accepted - (activities - before.activities) - (dead_letters - rejected),
    dead_letters,
    in_the_future,
    future_lines: future_lines.map(lineIn),
    leads,
  };
}

/** Publishes when the pipeline has caught up so far, and names refused lines as they become durable. */
function paced({ log, lag }: ImportTarget, { onRefused, signal }: ImportSource): Log['publish'] {
  let since = 0;
  return async (records, positions) => {
    since += records.length;
    while (since > AHEAD / 4 && (await lag()) > AHEAD && !signal.aborted) await systemClock.sleep(LOOK_AGAIN, signal);
    if (since > AHEAD / 4) since = 0;
    await log.publish(records, positions);
    for (const record of records) tellRefused(record, onRefused);
  };
}

function tellRefused({ topic, value }: Outgoing, onRefused: ImportSource['onRefused']): void {
  if (topic !== TOPICS.deadLetters) return;
  const { origin, detail } = (value as DeadLetterMessage).value;
  onRefused(lineIn(origin), detail);
}

/** The line that the origin of a dead letter names, e.g. line 17. */
function lineIn(origin: string): string {
  return LINE.exec(origin)?.[1] ?? origin;
}

interface Counts extends Standing {
  readonly leads: number;
}

async function count({ log, rows }: ImportTarget): Promise<Counts> {
  const [row] = await rows(
    'SELECT (SELECT count() FROM activities) AS activities, (SELECT countIf(known) FROM leads) AS leads',
  );
  const deadLetters = await log.end(DEAD_LETTERS);
  return { activities: Number(row?.activities ?? 0), leads: Number(row?.leads ?? 0), deadLetters };
}

/** Offsets do not tell: on Kafka they have gaps. */
async function countDeadLetters(log: Log, from: number, end: number): Promise<number> {
  const first = Math.max(from, await log.start(DEAD_LETTERS));
  if (first >= end) return 0;
  const reader = log.reader(DEAD_LETTERS, first);
  let count = 0;
  try {
    for await (const _ of recordsOf({ reader, end }, new AbortController().signal)) count++;
  } finally {
    await reader.close();
  }
  return count;
}

async function modelOf({ modelVersion }: ImportTarget, dir: string) {
  const files = await readFaultless(dir);
  const version = versionOf(files);
  if (version === modelVersion) return undefined;
  await refuseFailing(dir);
  return { version, files };
}
