import { run } from './program.mjs';

// A thread of an embedded installation: signals and standard streams are those of the process.
await run('app/embedded/thread.ts');
