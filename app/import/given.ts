import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ImportDeps, Imported, ImportInput } from '#app/import/deps';
import { importEvents } from '#app/import/import';
import type { Progress } from '#app/import/progress';
import { outage } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import type { DeadLetter, LeadEvent } from '#schemas/generated/records';
import { type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';

export const START = Date.UTC(2026, 0, 1);
export const NOW = Date.UTC(2026, 5, 1);
export const HOUR = 3_600_000;
export const MODEL = { version: 'v1', files: { 'scoring.yaml': 'rules: []' } };

export function memory(): Log {
  return createMemoryLog({ partitions: { [TOPICS.events]: 1, [TOPICS.deadLetters]: 1 } });
}

export async function* chunks(text: string | Buffer, size = 10_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield new Uint8Array(bytes.subarray(start, start + size));
}

/** A file. */
export function file(text: string | Buffer, name = 'a.ndjson', size?: number): ImportInput {
  return { name, size: Buffer.byteLength(text), open: () => chunks(text, size) };
}

/** A pipe: it can be read once. */
export function pipe(input: AsyncIterable<Uint8Array> | string, name = '-'): ImportInput {
  const bytes = typeof input === 'string' ? chunks(input) : input;
  return { name, size: undefined, open: () => bytes };
}

/** A folder that is deleted when the test ends. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'import-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const ENOUGH = { free: async () => Number.POSITIVE_INFINITY, growth: 0, named: './data', remedy: 'use another' };

/** Imports into a log that nothing was ever logged in, unless told otherwise, with a spool of its own. */
export async function importing(
  log: ImportDeps['log'],
  input: string | Buffer | readonly ImportInput[],
  deps: Partial<ImportDeps> = {},
): Promise<Imported> {
  const spool = deps.spoolDir === undefined ? mkdtempSync(join(tmpdir(), 'import-')) : undefined;
  try {
    return await importEvents({
      log,
      hash: sha256,
      clock: { now: () => NOW },
      inputs: typeof input === 'string' || Buffer.isBuffer(input) ? [file(input)] : input,
      sorted: true,
      historic: false,
      logged: undefined,
      spoolDir: join(spool ?? '', 'import'),
      disk: ENOUGH,
      goOn: 'leadstream import - < /dev/null',
      ...deps,
    });
  } finally {
    if (spool !== undefined) rmSync(spool, { recursive: true, force: true });
  }
}

export async function run(...args: Parameters<typeof importing>): Promise<Progress> {
  return (await importing(...args)).progress;
}

async function values(log: Log, topic: string): Promise<readonly unknown[]> {
  const at = { topic, partition: 0 };
  const end = await log.end(at);
  if (end === 0) return [];
  const reader = log.reader(at, 0);
  const records = await reader.next(end, new AbortController().signal);
  await reader.close();
  return records.map(({ value }) => value);
}

export const events = (log: Log): Promise<readonly EventMessage[]> =>
  values(log, TOPICS.events) as Promise<readonly EventMessage[]>;

export async function letters(log: Log): Promise<readonly DeadLetter[]> {
  return ((await values(log, TOPICS.deadLetters)) as readonly DeadLetterMessage[]).map(({ value }) => value);
}

/** The imported events alone. */
export async function leadEvents(log: Log): Promise<readonly LeadEvent[]> {
  return (await events(log)).flatMap((message) => (message.type === 'LeadEvent' ? [message.value] : []));
}

/** All that a log holds, as one text: deep comparisons of thousands of records take long. */
export async function contents(log: Log): Promise<string> {
  return sha256(JSON.stringify([await events(log), await letters(log)]));
}

export function call(at: number | undefined, fields: object = {}): string {
  const timestamp = at === undefined ? undefined : new Date(at).toISOString();
  return JSON.stringify({ type: 'page', userId: 'u', messageId: `m${at}`, timestamp, ...fields });
}

/** Several publishes, some bad lines. */
export const LONG = Array.from({ length: 3_500 }, (_, index) =>
  index % 500 === 250
    ? '{"broken"'
    : call(START + index * 60_000, { messageId: `m${index}`, properties: { x: 'y'.repeat(500) } }),
).join('\n');

/** The log goes away at the nth publish; `written`: after it has written, so that nobody knows. */
export function failing(log: Log, nth: number, written: boolean): ImportDeps['log'] {
  let publishes = 0;
  return {
    namedPosition: log.namedPosition,
    async publish(records, positions) {
      publishes += 1;
      if (publishes >= nth && (!written || publishes > nth)) throw outage('the log', new Error('gone'));
      await log.publish(records, positions);
      if (publishes === nth) throw outage('the log', new Error('gone'));
    },
  };
}

/** A pipe that holds its end open until the signal comes, and then just ends. */
export async function* idle(text: string, stop: AbortController): AsyncGenerator<Uint8Array> {
  yield* chunks(text);
  stop.abort();
}
