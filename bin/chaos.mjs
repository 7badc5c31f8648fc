import './typescript.mjs';

await import(new URL('../test/chaos/kafka/main.ts', import.meta.url).href);
