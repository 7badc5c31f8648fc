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
