import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = join(ROOT, 'bin/leadstream.mjs');

/** Models that come into force in turns, as marketing changes its mind. */
export interface Models {
  /** Brings the next one into force. False if it is not in force after some tries: what should take it is down. */
  change(): Promise<boolean>;
}

/** What other models say differently, by file. They have no tests beside them: those hold for the shipped one. */
const OTHERS: readonly (readonly (readonly [file: string, from: string, to: string])[])[] = [
  [
    ['scoring.yaml', 'half_life: 30d', 'half_life: 12d'],
    ['stages.yaml', 'score_at_least: 50', 'score_at_least: 65'],
  ],
  [
    ['scoring.yaml', 'points: 25', 'points: 20'],
    ['routing.yaml', 'id: ada, name: Ada Berg', 'id: eve, name: Eve Ito'],
  ],
];

const TRIES = 3;

/** `data`: the folder of the instance with the dashboard, which answers commands. */
export async function createModels(dir: string, data: string): Promise<Models> {
  const folders = [join(ROOT, 'model')];
  for (const [nth, changes] of OTHERS.entries()) {
    const folder = join(dir, `model-${nth + 1}`);
    await cp(join(ROOT, 'model'), folder, { recursive: true, filter: (path) => !path.endsWith('.test.yaml') });
    for (const [file, from, to] of changes) {
      const text = await readFile(join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`model/${file} has no "${from}" to change`);
      await writeFile(join(folder, file), text.replaceAll(from, to));
    }
    folders.push(folder);
  }
  let next = 0;
  return {
    async change() {
      const folder = folders[next % folders.length] ?? '';
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        if (await apply(folder, data)) {
          next++;
          return true;
        }
        await sleep(1_000);
      }
      return false;
    },
  };
}

/** A command that waits for an owner who is frozen or at work is given up after so long, ms. */
const APPLY_TIMEOUT = 20_000;

async function apply(folder: string, data: string): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, 'apply', '--model', folder, '--data', data], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), APPLY_TIMEOUT);
  await once(child, 'close');
  clearTimeout(timer);
  return child.exitCode === 0;
}
