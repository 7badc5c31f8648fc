/**
 * Whether encoded bytes may hold strings with half a surrogate pair. Such strings have no UTF-8: what is read back
 * differs from what was written. Rarely true for other bytes.
 */
export function mayBeIllFormed(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    if ((bytes[at + 1] ?? 0) >= 0xa0) return true;
  }
  return bytes.includes(REPLACEMENT);
}

/** The same value with every half surrogate pair in it replaced by U+FFFD. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [wellFormed(name), wellFormed(inner)]));
}

const REPLACEMENT = Buffer.from('\ufffd', 'utf8');
