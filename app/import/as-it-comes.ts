import { progressOf } from '#app/import/begin';
import { type ImportDeps, type Imported, stopped } from '#app/import/deps';
import { sayWrongFormat, wrongFormat } from '#app/import/format';
import { linesAfter, OtherInput, type Place } from '#app/import/lines';
import { peek } from '#app/import/pieces';
import type { Progress } from '#app/import/progress';
import { ImportRefused } from '#app/import/refused';
import { createRun } from '#app/import/run';
import { NO_SOURCE, refuseOtherSource } from '#app/import/source';
import type { Hash } from '#lib/flow/ports';

/** The same first piece of an input gives the same import. */
function importIdOf(hash: Hash, head: Buffer): string {
  return hash(`import ${head.toString('latin1')}`);
}

/**
 * Logs one input in its own order, as received when it is read. Its place in the input is kept: run again on the same
 * input it goes on there. Rejects as importEvents does.
 */
export async function importAsItComes(deps: ImportDeps, stored: Progress | undefined): Promise<Imported> {
  const [source] = deps.inputs;
  if (source === undefined) throw new ImportRefused('there is nothing to import');
  if (stored?.finished === false) refuseOtherSource(deps.source, stored);
  const { head, input } = await peek(source.open());
  const fault = wrongFormat(head);
  if (fault !== undefined) throw new ImportRefused(sayWrongFormat(source.name, fault));
  const importId = importIdOf(deps.hash, head);
  const fresh = (from: AsyncIterable<Uint8Array>) => work(deps, importId, from, undefined, stored);
  if (stored === undefined) return fresh(input);
  if (!stored.finished) return work(deps, importId, input, stored, stored);
  if (stored.sorted || stored.import_id !== importId) return fresh(input);
  if (await isWhole(input, stored)) return { progress: stored, known: true };
  if (stopped(deps)) return fresh(input);
  if (source.size !== undefined) return fresh(source.open());
  throw new OtherInput(
    `this input begins as ${stored.input_name} did, which was imported last, but is not the same: import it from a file`,
  );
}

async function work(
  deps: ImportDeps,
  importId: string,
  input: AsyncIterable<Uint8Array>,
  before: Progress | undefined,
  last: Progress | undefined,
): Promise<Imported> {
  const run = createRun(deps, before ?? begun(deps, importId, last), []);
  try {
    for await (const block of linesAfter(input, before)) {
      if (stopped(deps)) break; // an input that was broken off may end in half a line
      await run.take(block);
      if (stopped(deps)) break;
    }
    return { progress: await (stopped(deps) ? run.settle() : run.finish()), known: false };
  } catch (error) {
    const durable = await run.settle();
    if (error instanceof OtherInput && stopped(deps)) return { progress: durable, known: false };
    throw error instanceof OtherInput && before !== undefined ? notThisOne(before) : error;
  }
}

function begun(deps: ImportDeps, import_id: string, last: Progress | undefined): Progress {
  const now = deps.clock.now();
  const publisher = deps.source ?? NO_SOURCE;
  return progressOf(
    deps,
    deps.inputs,
    { import_id, publisher, sorted: false, own_time: false, ceiling: now, base: now },
    last,
  );
}

function notThisOne({ input_name, lines }: Progress): OtherInput {
  return new OtherInput(
    `the import of ${input_name} is unfinished after ${lines} lines, and this is another input: import the same one again`,
  );
}

/** Whether the input is what was read up to a place, and ends there. */
async function isWhole(input: AsyncIterable<Uint8Array>, place: Place): Promise<boolean> {
  try {
    for await (const _more of linesAfter(input, place)) return false;
    return true;
  } catch (error) {
    if (error instanceof OtherInput) return false;
    throw error;
  }
}
