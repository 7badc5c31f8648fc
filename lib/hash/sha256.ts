import { hash as digest } from 'node:crypto';
import type { Hash } from '#lib/flow/ports';

/** The first 128 bits of SHA-256, in hex. */
export const sha256: Hash = (text) => digest('sha256', text, 'hex').slice(0, 32);
