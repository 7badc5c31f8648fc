import { openInputs } from '#app/cli/input';
import { emptyStandardInput } from '#app/cli/standard-input';
import { openEmbedded } from '#app/embedded/open';
import { answer, taskOf } from '#test/bench/measure/child';
import type { ImportAnswer, ImportTask } from '#test/bench/measure/import';

/** A process of its own: imports a file into a folder and tells its parent what it took. */
const { file, dir } = taskOf<ImportTask>();
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
answer({
  opened: open - began,
  took: end - open,
  accepted: summary.accepted,
  leads: summary.leads,
  rows: await numberOf('SELECT count() FROM activities'),
  chdb: await numberOf("SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'"),
} satisfies ImportAnswer);
await opened.close();

async function numberOf(query: string): Promise<number> {
  let text = '';
  const out = async (chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
  };
  await opened.sql(query, 'TabSeparated', { out, err: async () => {}, signal });
  return Number(text);
}
