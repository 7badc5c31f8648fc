import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailed } from '#app/cli/failure';

/** Passes its input on, lives through the Ctrl-C that its parent is to handle, and ends with its parent. */
const PUMP = `
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
const giveUp = () => process.exit(1);
process.on('disconnect', giveUp);
process.stdout.on('error', giveUp);
process.stdin.on('error', giveUp).on('end', () => {
  process.off('disconnect', giveUp);
  process.disconnect();
});
process.stdin.pipe(process.stdout);
`;

/**
 * Standard input as a stream of its own, so that what else reads this process's standard input (see emptyStandardInput)
 * gets nothing of it. Fails if it breaks off instead of ending.
 */
export function takeStandardInput(): Readable {
  const pump = spawn(process.execPath, ['-e', PUMP], { stdio: ['inherit', 'pipe', 'inherit', 'ipc'] });
  const input = new PassThrough();
  pump.stdout?.pipe(input, { end: false });
  const breakOff = () => input.destroy(new CommandFailed('standard input broke off; run the import again'));
  pump.once('error', breakOff);
  pump.once('close', (code) => (code === 0 ? input.end() : breakOff()));
  // who reads it meets the error then
  input.on('error', () => {});
  input.once('close', () => pump.kill('SIGKILL'));
  return input;
}

/**
 * Leaves this process an empty standard input. chDB takes what it finds there for rows of any INSERT, and then refuses
 * the statement. Call it before the engine opens.
 */
export async function emptyStandardInput(): Promise<void> {
  closeSync(0);
  const others: number[] = [];
  // the lowest free number is given out first; another thread may have been quicker
  for (let got = openSync('/dev/null', 'r'); got !== 0; got = openSync('/dev/null', 'r')) {
    others.push(got);
    await sleep(1);
  }
  for (const other of others) closeSync(other);
}
