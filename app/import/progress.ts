import { z } from 'zod';
import type { Log } from '#lib/flow/log';

/** The name under which an import's progress is stored with the records it published. */
export const POSITION = 'import';

/** So many lines with a wrong clock are named in the progress. */
const NAMED_LINES = 5;
/** So many earlier imports are known again. */
const KNOWN_IMPORTS = 20;
/** Characters that are stored of the inputs' names, and of the name of a line. Kafka keeps 4,096 bytes of progress. */
const NAME_LENGTH = 300;
const LINE_LENGTH = 60;

const Stored = z.object({
  import_id: z.string(),
  /** The files' names, - for standard input. */
  input_name: z.string(),
  /** The source whose events these are. */
  publisher: z.string().default('import'),
  /** True: places are those in the sorted spool; false: in the input itself. */
  sorted: z.boolean().default(false),
  own_time: z.boolean(),
  /** Latest time that own time may reach, ms since 1970 UTC. */
  ceiling: z.number(),
  /** Time of what comes before the first accepted event, ms since 1970 UTC. */
  base: z.number(),
  /** Latest occurred_at of the accepted events; null before the first. */
  newest: z.number().nullable(),
  /** Lines done; in the end all lines of the inputs. */
  lines: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  accepted: z.number(),
  rejected: z.number(),
  /** How many of the rejected lines are dated in the future, and where the first of them are. */
  in_the_future: z.number().default(0),
  future_lines: z.array(z.string()).default([]),
  /** What stood before the import began: rows of activities, and where the dead letters ended. */
  before: z.object({ activities: z.number(), deadLetters: z.number() }).default({ activities: 0, deadLetters: 0 }),
  /** Ids of the last imports that were finished before, with the events that each accepted. */
  earlier: z.array(z.tuple([z.string(), z.number()])).default([]),
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

/** The finished imports that are known after this one, the newest first. */
export function earlierImports(last: Progress | undefined): Progress['earlier'] {
  if (last === undefined || !last.finished) return last?.earlier ?? [];
  const others = last.earlier.filter(([id]) => id !== last.import_id);
  return [[last.import_id, last.accepted] satisfies [string, number], ...others].slice(0, KNOWN_IMPORTS);
}

/** Names of inputs as one text, for people. */
export function namesOf(inputs: readonly { readonly name: string }[]): string {
  const text = inputs.map(({ name }) => name).join(', ');
  return text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH)} …` : text;
}

/** With one more line whose clock is wrong; `where` as in a dead letter's origin. */
export function withFutureLine(lines: readonly string[], where: string): string[] {
  return lines.length < NAMED_LINES ? [...lines, where.slice(-LINE_LENGTH)] : [...lines];
}
