import { createMemoryStore } from '#lib/store/memory';
import { storeContract } from '#test/contracts/store';

storeContract('the store in memory', async () => ({
  open: async () => createMemoryStore(),
  dispose: async () => {},
}));
