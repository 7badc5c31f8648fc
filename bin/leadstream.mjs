#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { run } from './program.mjs';

try {
  // The command runs in this process: signals and standard streams are its own.
  await run('app/cli/main.ts');
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const root = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(`leadstream: not installed yet: run "npm install" in ${root}\n`);
  process.exit(1);
}
