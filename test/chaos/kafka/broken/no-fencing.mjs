import { register } from 'node:module';

// node --import …/no-fencing.mjs bin/leadstream.mjs run …: the same services, whose tasks nobody can fence.
register('./hooks.mjs', import.meta.url);
