import { mix, type Seed } from '#app/generator/random';

/** What an identifier names; each has its own sequence. */
export const PURPOSE = { message: 1, device: 2, mail: 3, opportunity: 4, appointment: 5 } as const;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(word: number): string {
  return `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`;
}

/**
 * A UUID of version 8 (RFC 9562: vendor-specific). Two pairs (lead, number) never share one within a seed and
 * purpose: each of the first two words is a permutation of one of them.
 */
export function identifier(
  seed: Seed,
  purpose: (typeof PURPOSE)[keyof typeof PURPOSE],
  lead: number,
  number: number,
): string {
  const a = mix(lead ^ seed.low ^ Math.imul(purpose, 0x9e3779b1));
  const b = mix(number ^ seed.high ^ Math.imul(a, 0x85ebca77));
  const c = mix(a ^ Math.imul(b, 0xc2b2ae3d) ^ seed.low);
  const d = mix(b ^ Math.imul(c, 0x27d4eb2f) ^ seed.high);
  const second = hex(b);
  const third = hex(c);
  const last = hex((d & 0x3fffffff) | 0x80000000);
  const rest = hex(mix(d ^ purpose));
  return `${hex(a)}-${second.slice(0, 4)}-8${third.slice(0, 3)}-${last.slice(0, 4)}-${second.slice(4)}${rest}`;
}
