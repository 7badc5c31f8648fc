import { register } from 'node:module';

// node --import …/no-fencing.mjs --import …/bin/typescript.mjs app/cli/main.ts run …: the same services, whose tasks nobody can fence.
register('./hooks.mjs', import.meta.url);
