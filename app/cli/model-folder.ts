import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';

/** The model's folder: as named, else ./model, else the default model that comes with Leadstream. */
export function modelOption(): Option {
  return new Option(
    '--model <dir>',
    'the folder with the lead model (default: ./model, else the one that comes along)',
  );
}

export function modelFolder(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  return existsSync('model') ? resolve('model') : fileURLToPath(new URL('../../model', import.meta.url));
}
