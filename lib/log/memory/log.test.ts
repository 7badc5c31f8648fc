import { createMemoryLog } from '#lib/log/memory/log';
import { logContract } from '#test/contracts/log/log';

logContract('the log in memory', false, async () => ({
  open: async (partitions) => createMemoryLog({ partitions }),
  dispose: async () => {},
}));
