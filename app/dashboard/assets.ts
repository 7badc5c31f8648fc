import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** A file of the page, as served. */
export interface Asset {
  readonly type: string;
  readonly body: string;
  /** Changes when the body does. */
  readonly etag: string;
}

/** The page's files by path, built once, when first asked for. */
export interface Assets {
  readonly paths: readonly string[];
  load(path: string): Promise<Asset>;
}

const PAGE = fileURLToPath(new URL('page/', import.meta.url));
const BROWSERS = ['es2022', 'chrome111', 'firefox113', 'safari16.4'];

const SOURCES: { readonly [path: string]: { readonly type: string; readonly read: () => Promise<string> } } = {
  '/': { type: 'text/html; charset=utf-8', read: () => readFile(`${PAGE}index.html`, 'utf8') },
  '/assets/icon.svg': { type: 'image/svg+xml', read: () => readFile(`${PAGE}icon.svg`, 'utf8') },
  '/assets/main.js': { type: 'text/javascript; charset=utf-8', read: () => bundle('main.ts') },
  '/assets/style.css': { type: 'text/css; charset=utf-8', read: () => bundle('style/style.css') },
};

export function createAssets(): Assets {
  const built = new Map<string, Promise<Asset>>();
  return {
    paths: Object.keys(SOURCES),
    load(path) {
      const asset = built.get(path) ?? build(path);
      built.set(path, asset);
      return asset;
    },
  };
}

async function build(path: string): Promise<Asset> {
  const source = SOURCES[path];
  if (source === undefined) throw new Error(`the page has no file ${path}`);
  const body = await source.read();
  return { type: source.type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** The synchronous build leaves no process behind. */
async function bundle(entry: string): Promise<string> {
  const options = { bundle: true, write: false, minify: true, charset: 'utf8', logLevel: 'silent' } as const;
  const result = buildSync({ ...options, entryPoints: [PAGE + entry], format: 'esm', target: BROWSERS });
  return result.outputFiles[0]?.text ?? '';
}
