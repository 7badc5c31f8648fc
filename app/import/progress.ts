import { z } from 'zod';
import type { Log } from '#lib/flow/log';

/** The name under which an import's progress is stored with the records it published. */
export const POSITION = 'import';

const Stored = z.object({
  import_id: z.string(),
  /** The file's name, - for standard input. */
  input_name: z.string(),
  own_time: z.boolean(),
  /** Latest time that own time may reach, ms since 1970 UTC. */
  ceiling: z.number(),
  /** Time of what comes before the first accepted event, ms since 1970 UTC. */
  base: z.number(),
  /** Latest occurred_at of the accepted events; null before the first. */
  newest: z.number().nullable(),
  lines: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  accepted: z.number(),
  rejected: z.number(),
  finished: z.boolean(),
});

/** How far an import has come, as stored. */
export type Progress = z.infer<typeof Stored>;

/** The import that was last begun on this log; undefined if there never was one. */
export async function storedProgress(log: Pick<Log, 'namedPosition'>): Promise<Progress | undefined> {
  const text = await log.namedPosition(POSITION);
  return text === undefined ? undefined : Stored.parse(JSON.parse(text));
}

/** The import that was interrupted on this log; undefined if none is open. */
export async function unfinishedImport(log: Pick<Log, 'namedPosition'>): Promise<Progress | undefined> {
  const progress = await storedProgress(log);
  return progress === undefined || progress.finished ? undefined : progress;
}
