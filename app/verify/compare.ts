import type { Difference } from '#app/cli/reports';

/** Differences found so far; counting goes on when the list is full. */
export class Findings {
  readonly differences: Difference[] = [];
  readonly #most: number;

  constructor(most = 1000) {
    this.#most = most;
  }

  get full(): boolean {
    return this.differences.length >= this.#most;
  }

  add(where: string, key: string, stored: unknown, recomputed: unknown): void {
    if (!this.full) this.differences.push({ where, key, stored: show(stored), recomputed: show(recomputed) });
  }

  /** Compares two values of plain data and notes the fields that differ. True if they are the same. */
  compare(where: string, key: string, stored: unknown, recomputed: unknown): boolean {
    const path = firstDifference(stored, recomputed, '');
    if (path === undefined) return true;
    this.add(where, path === '' ? key : `${key} ${path}`, at(stored, path), at(recomputed, path));
    return false;
  }
}

/** Where two values of plain data first differ, as a path of field names; undefined: nowhere. */
function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (Object.is(a, b) || (a === 0 && b === 0)) return undefined;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0 ? undefined : path;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return path;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const deeper = firstDifference(a[name], b[name], path === '' ? name : `${path}.${name}`);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function at(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path.split('.').reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
