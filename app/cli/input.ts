import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandFailed } from '#app/cli/failure';
import { takeStandardInput } from '#app/cli/standard-input';
import { systemCode } from '#app/folder/errors';
import { oneLine } from '#app/folder/one-line';

/** Opens a file to import, or standard input for -. Rejects with one plain line if it cannot be read. */
export async function openInput(file: string): Promise<Readable> {
  if (file === '-') return takeStandardInput();
  try {
    if ((await stat(file)).isDirectory()) throw new CommandFailed(`${file} is a folder; name a file of NDJSON, or -`);
    const input = createReadStream(file, { highWaterMark: 1024 * 1024 });
    await once(input, 'open');
    // who reads it meets the error then
    input.on('error', () => {});
    return input;
  } catch (thrown) {
    if (thrown instanceof CommandFailed) throw thrown;
    const code = systemCode(thrown);
    if (code === 'ENOENT') throw new CommandFailed(`there is no file ${file}; name a file of NDJSON, or -`, thrown);
    const why = code === 'EACCES' ? 'this user may not read it' : oneLine(thrown);
    throw new CommandFailed(`${file} cannot be read: ${why}`, thrown);
  }
}
