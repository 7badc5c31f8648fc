import { CommandFailed, Interrupted } from '#app/cli/failure';
import type { ImportOptions } from '#app/cli/import';
import { openInput } from '#app/cli/input';
import { createMeter } from '#app/cli/meter';
import { renderImport } from '#app/cli/render/import';
import type { Terminal } from '#app/cli/terminal';
import type { ImportTarget } from '#app/embedded/import';
import type { ExitCode } from '#app/folder/answer';
import { askOwner } from '#app/folder/ask';
import { tryClaim } from '#app/folder/claim';
import { findPlace } from '#app/folder/place';
import { connectLog } from '#app/kafka/connection';
import { importToKafka } from '#app/kafka/import';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { connectClickHouse } from '#lib/clickhouse/server';

/** How long an interrupted import has to stop between two lines, ms. */
const GRACE = 1_000;

/** Publishes a file to the topics of running services, and waits until they have worked it off. */
export async function importFileToKafka(
  { file, dir, modelDir, json }: ImportOptions,
  settings: KafkaRuntimeSettings,
  terminal: Terminal,
): Promise<ExitCode> {
  const signal = terminal.interrupted;
  const input = await openInput(file);
  const breakOff = () => setTimeout(() => input.destroy(new Interrupted()), GRACE).unref();
  signal.addEventListener('abort', breakOff, { once: true });
  const tables = await openTables(settings, dir);
  try {
    const log = await connectLog(settings, () => {});
    const meter = createMeter(terminal);
    try {
      const { onProgress, onRefused } = meter;
      const source = { name: file, input, signal, onProgress, onRefused };
      const summary = await importToKafka(log, tables.rows, source, modelDir);
      meter.end();
      await terminal.report(renderImport(summary, meter.elapsed(), dir, json));
      if (summary.finished) return 0;
    } finally {
      meter.end();
      await log.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
  } finally {
    signal.removeEventListener('abort', breakOff);
    input.destroy();
    await tables.close();
  }
  throw new CommandFailed('the import was interrupted; run it again on the same input and it goes on where it was');
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
