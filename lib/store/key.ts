/** The longest key of a store: what LMDB takes with pages of 4 KiB. */
export const MAX_KEY_BYTES = 1978;

/** Throws for a key that a store cannot hold. */
export function checkKey(key: string): void {
  if (key === '') throw new Error('a key of the store must not be empty');
  checkSize(key);
}

/** Throws for a text longer than any key can be. */
export function checkSize(key: string): void {
  if (key.length * 3 <= MAX_KEY_BYTES) return;
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new Error(
      `a key of the store has ${size} bytes, at most ${MAX_KEY_BYTES} are possible: ${key.slice(0, 40)}…`,
    );
  }
}

/** Order of the keys' UTF-8 bytes: unlike that of UTF-16, code points above U+FFFF come last. */
export function compareKeys(a: string, b: string): number {
  const size = Math.min(a.length, b.length);
  for (let index = 0; index < size; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates above all other UTF-16 units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
