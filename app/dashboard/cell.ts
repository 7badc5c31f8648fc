import { z } from 'zod';

/** ms since 1970 UTC, as a number or (a 64-bit one) as text → ISO 8601. */
export const time = z.coerce.number().transform((ms) => new Date(ms).toISOString());

export const text = z.string();

/** A count or a score; 64-bit numbers may come as text. */
export const quantity = z.coerce.number();

/** 0 or 1. */
export const flag = z.coerce.number().transform((bit) => bit === 1);
