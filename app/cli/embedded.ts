import type { OpenEmbedded } from '#app/cli/ports';
import { emptyStandardInput } from '#app/cli/standard-input';

/** Loads the engines (LMDB, chDB) only when a folder is really opened, and the rest only when it is needed. */
export const openEmbedded: OpenEmbedded = async (options) => {
  await emptyStandardInput();
  if (options.mode === 'answer') return (await import('#app/embedded/answer')).openToAnswer(options);
  return (await import('#app/embedded/open')).openEmbedded(options);
};
