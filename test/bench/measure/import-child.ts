import { openInputs } from '#app/cli/input';
import { openEmbedded } from '#app/embedded/open';
import { answer, taskOf } from '#test/bench/measure/child';
import type { ImportAnswer, ImportTask } from '#test/bench/measure/import';

/** A process of its own: imports a file into a folder and tells its parent what it took. */
const { file, dir } = taskOf<ImportTask>();
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
