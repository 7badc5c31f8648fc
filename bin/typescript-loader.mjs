import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stop, transform, version } from 'esbuild';
import { cache, target } from './compiling.mjs';

// Node's module hooks: drops the types from TypeScript, without checking them. Results are kept on disk, so that a warm start
// needs no compiler.

const modules = new URL('../node_modules/', import.meta.url).href;
/** The compiler is a process of its own: it ends when nothing has needed it for so long, ms. */
const PATIENCE = 500;

let working = 0;
let ending;

export async function load(url, context, next) {
  if (!url.endsWith('.ts') || url.startsWith(modules)) return next(url, context);
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([version, target, path, text]))
    .digest('hex');
  const kept = new URL(`${key}.mjs`, cache);
  const source = (await readFile(kept, 'utf8').catch(() => undefined)) ?? (await compile(text, path, kept));
  return { format: 'module', source, shortCircuit: true };
}

async function compile(text, path, kept) {
  working++;
  clearTimeout(ending);
  try {
    const options = {
      loader: 'ts',
      format: 'esm',
      target,
      sourcemap: 'inline',
      sourcesContent: false,
      sourcefile: path,
    };
    const { code } = await transform(text, options);
    await keep(code, kept);
    return code;
  } finally {
    working--;
    if (working === 0) ending = setTimeout(() => void stop(), PATIENCE).unref();
  }
}

/** In one step, for other processes may be starting. An installation that cannot be written to works without. */
async function keep(code, kept) {
  const draft = new URL(`${kept.href}.${process.pid}`);
  try {
    await mkdir(cache, { recursive: true });
    await writeFile(draft, code);
    await rename(draft, kept);
  } catch {
    // compiled again next time
  }
}
