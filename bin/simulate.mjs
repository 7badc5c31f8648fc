import './typescript.mjs';

await import(new URL('../test/simulation/main.ts', import.meta.url).href);
