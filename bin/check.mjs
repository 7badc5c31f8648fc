import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Runs every check, also after one has failed. `--report FILE` writes {passed, failed} as JSON.

const root = fileURLToPath(new URL('..', import.meta.url));
const page = 'app/dashboard/page';

const CHECKS = [
  ['types', 'typescript', 'tsc', ['-p', '.']],
  ['types of the page', 'typescript', 'tsc', ['-p', page], existsSync(`${root}${page}/tsconfig.json`)],
  ['style', '@biomejs/biome', 'biome', ['check', '--error-on-warnings', '.']],
  ['walls', 'dependency-cruiser', 'depcruise', ['schemas', 'lib', 'services', 'app', 'infra', 'test', 'bin']],
  ['unused code', 'knip', 'knip', []],
];

/** The script of a package's command: it runs in Node itself, on every platform. */
function scriptOf(packageName, command) {
  const folder = `${root}node_modules/${packageName}`;
  const { bin } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return `${folder}/${typeof bin === 'string' ? bin : bin[command]}`;
}

/** Checks that are scripts of the project's own. */
const SCRIPTS = [['generated types', ['--import', './bin/typescript.mjs', 'app/check/generate.ts', '--check']]];

const runs = [
  ...CHECKS.flatMap(([name, packageName, command, args, applies = true]) =>
    applies ? [[name, [scriptOf(packageName, command), ...args]]] : [],
  ),
  ...SCRIPTS,
];

let passed = 0;
let failed = 0;
for (const [name, args] of runs) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
}

const option = process.argv.indexOf('--report');
const report = option === -1 ? undefined : process.argv[option + 1];
if (report !== undefined) writeFileSync(report, JSON.stringify({ passed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
