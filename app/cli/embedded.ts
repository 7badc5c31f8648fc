import type { OpenEmbedded } from '#app/cli/ports';
import { emptyStandardInput } from '#app/cli/standard-input';

/** Loads the engines (LMDB, chDB) only when a folder is really opened. */
export const openEmbedded: OpenEmbedded = async (options) => {
  await emptyStandardInput();
  const embedded = await import('#app/embedded/open');
  return embedded.openEmbedded(options);
};
