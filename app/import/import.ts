import { beginImport, importIdOf } from '#app/import/begin';
import type { ImportDeps } from '#app/import/deps';
import { type Block, linesAfter, OtherInput, type Place } from '#app/import/lines';
import { peek } from '#app/import/pieces';
import { type Progress, storedProgress } from '#app/import/progress';
import { createRun } from '#app/import/run';

/**
 * Reads an input into lead.events, refused lines into the dead letters. Resolves when all is durable, to where the
 * import stands: not finished if `signal` ended it, however the input ends then. Interrupted at any instant and run again
 * on the same input, it goes on after the last durable publish as the same import, with the records of an uninterrupted
 * one; the input of the last finished import adds nothing. Rejects with OtherInput if an unfinished import had another
 * input (nothing is changed), and with whatever the log or the input reject with: what is durable by then stays.
 */
export async function importEvents(deps: ImportDeps): Promise<Progress> {
  const stored = await storedProgress(deps.log);
  const { head, input } = await peek(deps.input);
  const importId = importIdOf(deps.hash, head);
  if (stored === undefined) return work(deps, importId, input, undefined);
  if (!stored.finished) return work(deps, importId, input, stored);
  if (stored.import_id !== importId) return work(deps, importId, input, undefined);
  if (await isWhole(input, stored)) return stored;
  if (stopped(deps)) return work(deps, importId, input, undefined);
  if (deps.reopen !== undefined) return work(deps, importId, deps.reopen(), undefined);
  throw new OtherInput(
    `this input begins as ${stored.input_name} did, which was imported last, but is not the same: import it from a file`,
  );
}

async function work(
  deps: ImportDeps,
  importId: string,
  input: AsyncIterable<Uint8Array>,
  before: Progress | undefined,
): Promise<Progress> {
  let run = before === undefined ? undefined : createRun(deps, before);
  const begin = (first: Block) => createRun(deps, beginImport(deps, importId, first));
  try {
    for await (const block of linesAfter(input, before)) {
      if (stopped(deps)) break; // an input that was broken off may end in half a line
      run ??= begin(block);
      await run.take(block);
      if (stopped(deps)) break;
    }
    run ??= begin(NO_LINES);
    return await (stopped(deps) ? run.settle() : run.finish());
  } catch (error) {
    const durable = await run?.settle();
    if (error instanceof OtherInput && stopped(deps) && durable !== undefined) return durable;
    throw error instanceof OtherInput && before !== undefined ? notThisOne(before) : error;
  }
}

function stopped({ signal }: ImportDeps): boolean {
  return signal?.aborted === true;
}

const NO_LINES: Block = { lines: [], place: { lines: 0, bytes: 0, sha256: '' } };

function notThisOne({ input_name, lines }: Progress): OtherInput {
  return new OtherInput(
    `the import of ${input_name} is unfinished at line ${lines}, and this is another input: import the same one again`,
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
