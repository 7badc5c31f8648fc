import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { KafkaFailure } from '../failure.ts';
import { Level } from './compatibility.ts';

const Entry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('schema'),
    id: z.int(),
    schema: z.string(),
    references: z.array(z.object({ name: z.string(), subject: z.string(), version: z.int() })),
  }),
  z.object({ type: z.literal('version'), subject: z.string(), version: z.int(), id: z.int() }),
  z.object({ type: z.literal('level'), subject: z.string().optional(), level: Level }),
]);

/** One change of what the registry knows. `subject` of a level: absent for that of all subjects without their own. */
export type Entry = z.infer<typeof Entry>;

export interface Journal {
  /** All entries, oldest first. */
  readonly entries: readonly Entry[];
  /** Returns when the entries are on disk. */
  append(entries: readonly Entry[]): void;
  close(): void;
}

/** Keeps nothing. */
export function noJournal(): Journal {
  return { entries: [], append: () => {}, close: () => {} };
}

/**
 * Keeps entries as lines of JSON in a file, which is made if it lacks. A last line that a crash cut off was never
 * acknowledged and is dropped. Throws KafkaFailure if any other line cannot be read.
 */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(file, whole);
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
  const entries = lines.map((line, index) => readEntry(line, `${file}, line ${index + 1}`));
  const opened = openSync(file, 'a');
  return {
    entries,
    append(added) {
      writeSync(opened, added.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      fsyncSync(opened);
    },
    close: () => closeSync(opened),
  };
}

function readEntry(line: string, where: string): Entry {
  try {
    return Entry.parse(JSON.parse(line));
  } catch (error) {
    throw new KafkaFailure(`${where} is no entry of the schema registry: mend the line, or choose another folder`, {
      cause: error,
    });
  }
}
