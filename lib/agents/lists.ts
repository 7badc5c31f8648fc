import { createRequire } from 'node:module';

/** Raise it with every change of the lists of this folder. */
const OWN = 1;

const { version }: { readonly version: string } = createRequire(import.meta.url)('isbot/package.json');

/** Version of the lists that tell agents: the package's, and that of the lists of this folder. */
export const LISTS = `isbot-${version}+${OWN}`;
