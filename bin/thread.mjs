import './typescript.mjs';

// A thread of an embedded installation: signals and standard streams are those of the process.
await import('../app/embedded/thread.ts');
