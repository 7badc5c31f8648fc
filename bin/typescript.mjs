import { register } from 'node:module';

// From here on this process imports the project's TypeScript, whatever folder it runs in. tsx would do as well, but it keeps
// the names of all functions, which makes each function made inside another one 50 times as expensive.

process.setSourceMapsEnabled(true);
register('./typescript-loader.mjs', import.meta.url);
