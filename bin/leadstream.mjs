#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

try {
  await import('./typescript.mjs');
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const root = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(`leadstream: not installed yet: run "npm install" in ${root}\n`);
  process.exit(1);
}

// The command runs in this process: signals and standard streams are its own.
await import('../app/cli/main.ts');
