import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandFailed } from '#app/cli/failure';
import { systemCode } from '#app/folder/errors';
import { oneLine } from '#app/folder/one-line';
import type { ImportInput } from '#app/import/deps';
import { SNIFFED, sayWrongFormat, wrongFormat } from '#app/import/format';

/** What an import reads. */
export interface Inputs {
  readonly inputs: readonly ImportInput[];
  /** Ends what is being read, as if it broke off with this error. */
  breakOff(error: Error): void;
  close(): void;
}

const CHUNK = 1024 * 1024;

/** Names of standard input: what has one is read from the start of the process on, or it is gone. */
const STANDARD_INPUT: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0']);

/**
 * Opens files to import; - is standard input. Rejects with one plain line if one cannot be read, or is no NDJSON as far
 * as can be seen without taking anything from a pipe.
 */
export async function openInputs(files: readonly string[]): Promise<Inputs> {
  if (files.filter((file) => STANDARD_INPUT.has(file)).length > 1)
    throw new CommandFailed('name - only once: there is one standard input');
  const opened = new Set<Readable>();
  const inputs: ImportInput[] = [];
  const track = (stream: Readable): Readable => {
    // who reads it meets the error then
    stream.on('error', () => {});
    opened.add(stream.once('close', () => opened.delete(stream)));
    return stream;
  };
  for (const name of files.filter((file) => !STANDARD_INPUT.has(file))) {
    const size = await look(name);
    const read = () => track(createReadStream(name, { highWaterMark: CHUNK }));
    const pipe = size === undefined ? read() : undefined;
    inputs.push({ name, size, open: () => pipe ?? read() });
  }
  if (files.some((file) => STANDARD_INPUT.has(file))) {
    const stream = track(process.stdin);
    inputs.push({ name: '-', size: undefined, open: () => stream });
  }
  const end = (error?: Error) => {
    for (const stream of opened) stream.destroy(error);
  };
  return { inputs, breakOff: end, close: () => end() };
}

/** The size of a file that can be imported, bytes; undefined for a pipe, of which nothing is read. */
async function look(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new CommandFailed(`${file} is a folder; name a file of NDJSON, or -`);
    if (!found.isFile()) return undefined;
    const fault = wrongFormat(await headOf(file));
    if (fault !== undefined) throw new CommandFailed(sayWrongFormat(file, fault));
    return found.size;
  } catch (thrown) {
    if (thrown instanceof CommandFailed) throw thrown;
    const code = systemCode(thrown);
    if (code === 'ENOENT') throw new CommandFailed(`there is no file ${file}; name a file of NDJSON, or -`, thrown);
    const why = code === 'EACCES' ? 'this user may not read it' : oneLine(thrown);
    throw new CommandFailed(`${file} cannot be read: ${why}`, thrown);
  }
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED), 0, SNIFFED, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
