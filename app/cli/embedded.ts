import type { OpenEmbedded } from '#app/cli/ports';

/** Loads LMDB only when a folder is really opened, and the rest only when it is needed. */
export const openEmbedded: OpenEmbedded = async (options) => {
  if (options.mode === 'answer') return (await import('#app/embedded/answer')).openToAnswer(options);
  return (await import('#app/embedded/open')).openEmbedded(options);
};
