import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cache, target } from './compiling.mjs';

// The program as users run it: compiled as a whole and kept on disk, since Node takes longer to find hundreds of modules than
// to run what most commands need. It is compiled anew as soon as a source has changed.

const root = fileURLToPath(new URL('..', import.meta.url));
const kept = new URL('programs/', cache);
/** What can be run. */
const ENTRIES = ['app/cli/main.ts', 'app/embedded/thread.ts'];
const SOURCES = ['schemas', 'lib', 'services', 'app'];
/** A program that nobody has run for so long, ms, is removed: a process may still load parts of it. */
const UNUSED = 7 * 86_400_000;

/** Runs one of the entries in this process. */
export async function run(entry) {
  process.setSourceMapsEnabled(true);
  const { program, isNew } = await compiled();
  if (program === undefined) {
    await import('./typescript.mjs');
    await import(`../${entry}`);
    return;
  }
  await import(new URL(entry.replace(/\.ts$/, '.mjs'), program).href);
  if (isNew) removeUnused(program);
}

/** Where the program lies that was compiled from the sources as they are; undefined: nothing can be kept here. */
async function compiled() {
  const program = new URL(`${keyOf(sources())}/`, kept);
  if (exists(program)) return { program, isNew: false };
  const compiler = await import('esbuild');
  const draft = new URL(`draft-${process.pid}-${Date.now()}/`, kept);
  try {
    await mkdir(draft, { recursive: true });
  } catch {
    return { program: undefined, isNew: false };
  }
  try {
    await compile(compiler, fileURLToPath(draft));
    await rename(draft, program);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was faster.
    if (!exists(program)) throw error;
  }
  return { program, isNew: true };
}

/** Each source with its size and time of change. */
function sources() {
  return SOURCES.flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => stamp(`${folder}/${file}`)),
  );
}

function stamp(file) {
  const { size, mtimeMs } = statSync(new URL(`../${file}`, import.meta.url));
  return `${file} ${size} ${mtimeMs}`;
}

function keyOf(stamps) {
  const fixed = [root, target, ...['package.json', 'package-lock.json', 'bin/program.mjs'].map(stamp)];
  return createHash('sha256')
    .update(JSON.stringify([...fixed, ...stamps.sort()]))
    .digest('hex');
}

function exists(folder) {
  try {
    // Used now, as far as `removeUnused` is concerned.
    utimesSync(folder, new Date(), new Date());
    return true;
  } catch {
    return statSync(folder, { throwIfNoEntry: false }) !== undefined;
  }
}

async function compile({ build, stop }, outdir) {
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ENTRIES,
      outbase: root,
      outdir,
      bundle: true,
      splitting: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      target,
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [placed],
    });
  } finally {
    await stop();
  }
}

/** Files that a module looks for beside itself are where its source is. */
const placed = {
  name: 'placed',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

function removeUnused(inUse) {
  for (const name of readdirSync(kept)) {
    const folder = new URL(`${name}/`, kept);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (folder.href !== inUse.href && Date.now() - mtimeMs > UNUSED) rmSync(folder, { recursive: true, force: true });
  }
}
