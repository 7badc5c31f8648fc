import { readdirSync } from 'node:fs';
import './typescript.mjs';

const folder = new URL('../test/bench/', import.meta.url);
const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3));
const name = process.argv[2];
if (name === undefined || !benches.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME, where NAME is one of: ${benches.join(', ')}\n`);
  process.exit(2);
}
await import(new URL(`${name}.ts`, folder).href);
