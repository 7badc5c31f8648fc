import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, Interrupted } from '#app/cli/failure';
import type { ImportOptions } from '#app/cli/import';
import { openInputs } from '#app/cli/input';
import { createMeter } from '#app/cli/meter';
import { renderImport } from '#app/cli/render/import';
import type { Terminal } from '#app/cli/terminal';
import type { ImportTarget } from '#app/embedded/import';
import type { ExitCode } from '#app/folder/answer';
import { askOwner } from '#app/folder/ask';
import { type Claim, tryClaim } from '#app/folder/claim';
import { FolderError } from '#app/folder/errors';
import { claimFolder } from '#app/folder/own';
import { findPlace } from '#app/folder/place';
import { connectLog } from '#app/kafka/connection';
import { importToKafka } from '#app/kafka/import';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { mayOf } from '#app/sources/open-sources';
import { connectClickHouse } from '#lib/clickhouse/server';

/** How long an interrupted import has to stop between two lines, ms. */
const GRACE = 1_000;

export interface KafkaImportOptions extends Omit<ImportOptions, 'cache' | 'threads'> {
  /** The folder that keeps the sorted lines meanwhile, made if missing. */
  readonly spool: string;
}

/** Publishes files to the topics of running services, and waits until they have worked them off. */
export async function importFilesToKafka(
  { files, source, sorted, historic, spool, dir, modelDir, json }: KafkaImportOptions,
  settings: KafkaRuntimeSettings,
  terminal: Terminal,
): Promise<ExitCode> {
  const signal = terminal.interrupted;
  const may = mayOf(source, dir);
  const inputs = await openInputs(files);
  const breakOff = () => setTimeout(() => inputs.breakOff(new Interrupted()), GRACE).unref();
  signal.addEventListener('abort', breakOff, { once: true });
  try {
    const tables = await openTables(settings, dir);
    try {
      const claim = await claimSpool(spool);
      try {
        const log = await connectLog(settings, () => {});
        const meter = createMeter(terminal);
        try {
          const { onProgress, onRefused } = meter;
          const told = { inputs: inputs.inputs, source, may, sorted, historic, signal, onProgress, onRefused };
          const summary = await importToKafka(log, tables.rows, told, modelDir, spool);
          meter.end();
          await terminal.report(renderImport(summary, meter.elapsed(), dir, json));
          if (summary.finished) return 0;
        } finally {
          meter.end();
          await log.close();
        }
      } finally {
        await claim.release();
        await leaveIfEmpty(spool);
      }
    } finally {
      await tables.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
  } finally {
    signal.removeEventListener('abort', breakOff);
    inputs.close();
  }
  throw new CommandFailed('the import was interrupted; run it again on the same input and it goes on where it was');
}

/** Two imports must not write the same folder. */
async function claimSpool(dir: string): Promise<Claim> {
  try {
    return await claimFolder({ dir, purpose: 'import', passing: false });
  } catch (thrown) {
    if (!(thrown instanceof FolderError) || thrown.code !== 'owned') throw thrown;
    throw new CommandFailed(`another import uses ${dir}: let it end, or name another folder with --spool`, thrown);
  }
}

/** A folder that keeps nothing is removed. */
async function leaveIfEmpty(dir: string): Promise<void> {
  await rmdir(join(dir, 'owner')).catch(() => {});
  await rmdir(dir).catch(() => {});
}

interface Tables {
  readonly rows: ImportTarget['rows'];
  close(): Promise<void>;
}

/** The tables that analyze writes: on the server that is named, else with the process that owns the data folder. */
async function openTables({ clickhouse }: KafkaRuntimeSettings, dir: string): Promise<Tables> {
  if (clickhouse === undefined) return { rows: (sql) => rowsOfOwner(dir, sql), close: async () => {} };
  const server = await connectClickHouse(clickhouse);
  return { rows: (sql) => server.rows(sql), close: () => server.close() };
}

async function rowsOfOwner(dir: string, query: string): Promise<Readonly<Record<string, unknown>>[]> {
  const place = await findPlace(dir);
  const attempt = await tryClaim(place, { purpose: 'import', passing: true });
  if (attempt.kind === 'claimed') {
    await attempt.claim.release();
    throw new CommandFailed(
      `nothing runs in ${dir}: name the --data folder of the instance with the dashboard, or --clickhouse`,
    );
  }
  const pieces: Buffer[] = [];
  const complaints: string[] = [];
  const code = await askOwner(
    place,
    attempt.owner,
    { command: 'sql', query, format: 'JSONEachRow' },
    {
      out: async (chunk) => void pieces.push(Buffer.from(chunk)),
      err: async (text) => void complaints.push(text),
      signal: new AbortController().signal,
    },
  );
  if (code !== 0) throw new CommandFailed(complaints.join(' ').trim());
  const lines = Buffer.concat(pieces).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
}
