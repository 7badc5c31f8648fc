/** What TypeScript is compiled for: the oldest Node that runs it. */
export const target = 'node20.19';
/** Where what was compiled is kept. */
export const cache = new URL('../node_modules/.cache/leadstream/', import.meta.url);
