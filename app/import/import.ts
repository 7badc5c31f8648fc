import { importAsItComes } from '#app/import/as-it-comes';
import type { ImportDeps, Imported } from '#app/import/deps';
import { type Progress, storedProgress } from '#app/import/progress';
import { importSorted } from '#app/import/sorted';
import { openSpool } from '#app/import/spool';

/**
 * Reads inputs into lead.events, refused lines into the dead letters. Resolves when all is durable, to where the import
 * stands: not finished if `signal` ended it, however the inputs end then. Interrupted at any instant and run again on the
 * same inputs, it goes on after the last durable publish as the same import, with the records of an uninterrupted one;
 * inputs that were imported before add nothing. Rejects with OtherInput if an unfinished import had other inputs, with
 * ImportRefused if it is not to be done (both change nothing), and with whatever the log or the inputs reject with: what is
 * durable by then stays.
 */
export async function importEvents(deps: ImportDeps): Promise<Imported> {
  const stored = await storedProgress(deps.log);
  const sorted = stored?.finished === false ? stored.sorted : deps.sorted || (await isSpooled(deps, stored));
  return sorted ? importSorted(deps, stored) : importAsItComes(deps, stored);
}

/** Whether the lines of another import than the last one are sorted already, of which nothing is logged so far. */
async function isSpooled({ spoolDir, signal }: ImportDeps, last: Progress | undefined): Promise<boolean> {
  const state = await openSpool(spoolDir, signal ?? new AbortController().signal).state();
  return typeof state !== 'string' && state.import_id !== last?.import_id;
}
