import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Runs before anything is installed: Node's own modules only.

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = fileURLToPath(new URL('../node_modules/.leadstream-installed', import.meta.url));

/** What the installed packages depend on: changes whenever they have to be installed anew. */
function wanted() {
  const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json'));
  return createHash('sha256')
    .update(JSON.stringify([dependencies, devDependencies, overrides, process.platform, process.arch]))
    .update(read('package-lock.json'))
    .digest('hex');
}

function read(file) {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
}

function installed() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return undefined;
  }
}

/** The npm that runs this script, else the one on the path. */
function npm(args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const own = process.env.npm_execpath;
  return own?.endsWith('.js')
    ? spawnSync(process.execPath, [own, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

function refuse(message) {
  process.stderr.write(`leadstream: ${message}\n`);
  process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`Node ${process.versions.node} is too old: install Node 20.19 or newer`);
}
if (installed() !== wanted()) {
  process.stderr.write('leadstream: installing packages, which takes a minute or two the first time\n');
  // --no-save: a checkout stays as it is, on every platform
  const { status, error } = npm(['install', '--no-save', '--include=dev', '--loglevel=error']);
  if (status !== 0) {
    refuse(`npm install failed${error ? ` (${error.message})` : ''}: see above, check the network, then run it again`);
  }
  writeFileSync(stamp, wanted());
}
