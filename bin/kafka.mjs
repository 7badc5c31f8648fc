import './typescript.mjs';

await import('../infra/kafka/main.ts');
