import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `bench NAME [SETTINGS]` measures. `bench all --tiny [--report FILE]` runs every bench in its tiny form, also after one has
// failed, and writes {passed, failed} as JSON.

const folder = new URL('../test/bench/', import.meta.url);
const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3));

/** A bench in its tiny form that takes longer hangs: alone each takes less than a minute, ms. */
const PATIENCE = 600_000;
/** What they measure then means nothing, so they may disturb each other. */
const AT_ONCE = 2;

const [, , name, ...flags] = process.argv;
if (name === 'all') await runAll();
else if (benches.includes(name ?? '')) {
  await import('./typescript.mjs');
  await import(new URL(`${name}.ts`, folder).href);
} else usage();

async function runAll() {
  const [tiny, report, file, ...more] = flags;
  if (tiny !== '--tiny' || more.length > 0 || (report !== undefined && (report !== '--report' || file === undefined)))
    return usage();
  const count = { passed: 0, failed: 0 };
  const waiting = [...benches];
  const work = async () => {
    for (let bench = waiting.shift(); bench !== undefined; bench = waiting.shift())
      count[(await passes(bench)) ? 'passed' : 'failed']++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (file !== undefined) writeFileSync(file, JSON.stringify(count));
  process.exitCode = count.failed === 0 ? 0 : 1;
}

/** Prints what a bench says when it has ended. */
function passes(bench) {
  const began = performance.now();
  const args = [...process.execArgv, fileURLToPath(import.meta.url), bench, '--tiny'];
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, args, { stdio, timeout: PATIENCE, killSignal: 'SIGKILL' });
  const said = [];
  child.stdout.on('data', (piece) => said.push(piece));
  child.stderr.on('data', (piece) => said.push(piece));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const took = ((performance.now() - began) / 1000).toFixed(0);
      const verdict = code === 0 ? 'ok    ' : `FAILED (${code ?? signal})`;
      process.stdout.write(`\n== ${bench}\n${Buffer.concat(said)}${verdict} ${bench}, ${took} s\n`);
      resolve(code === 0);
    });
  });
}

function usage() {
  process.stderr.write(
    `usage: npm run bench -- NAME [--help], or all --tiny, where NAME is one of: ${benches.join(', ')}\n`,
  );
  process.exitCode = 2;
}
