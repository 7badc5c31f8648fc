import { openInputs } from '#app/cli/input';
import { emptyStandardInput } from '#app/cli/standard-input';
import { openEmbedded } from '#app/embedded/open';

/** A process of its own: imports a file into a folder and tells its parent what it took. */
const [, , file = '', dir = ''] = process.argv;
await emptyStandardInput();
const began = performance.now();
const { signal } = new AbortController();
const opened = await openEmbedded({ dir, mode: 'import', modelDir: 'model', signal, notice: () => {} });
const open = performance.now();
const { inputs } = await openInputs([file]);
const summary = await opened.importLines({
  inputs,
  source: undefined,
  may: undefined,
  sorted: true,
  historic: false,
  signal,
  onProgress: () => {},
  onRefused: () => {},
});
const end = performance.now();
let chdb = '';
const out = async (chunk: string | Uint8Array) => {
  chdb += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
};
await opened.sql("SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'", 'TabSeparated', {
  out,
  err: async () => {},
  signal,
});
process.send?.({
  opened: open - began,
  took: end - open,
  accepted: summary.accepted,
  leads: summary.leads,
  chdb: Number(chdb),
});
await opened.close();
process.disconnect?.();
