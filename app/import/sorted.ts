import { beginSorted, lineOf, progressOf } from '#app/import/begin';
import { type ImportDeps, type Imported, stopped } from '#app/import/deps';
import { checkDisk } from '#app/import/disk';
import { gather, type ReadInput, readInputs, Stopped } from '#app/import/gather';
import { OtherInput } from '#app/import/lines';
import { namesOf, type Progress } from '#app/import/progress';
import { ImportRefused } from '#app/import/refused';
import { createRun } from '#app/import/run';
import { NO_SOURCE, refuseOtherSource } from '#app/import/source';
import { openSpool, type Spool, type SpoolManifest } from '#app/import/spool';
import { DamagedSpool } from '#lib/spool/block-file';

/**
 * Sorts all inputs together by (time, content), then logs them. The records are the same whatever the order of lines and
 * inputs. Rejects as importEvents does.
 */
export async function importSorted(deps: ImportDeps, stored: Progress | undefined): Promise<Imported> {
  const spool = openSpool(deps.spoolDir, deps.signal ?? new AbortController().signal, deps.limits);
  const open = stored?.finished === false ? stored : undefined;
  const prepared = await prepare(deps, spool, stored, open);
  if (prepared === undefined) return { progress: open ?? nothingOf(deps, stored), known: false };
  const { manifest, known } = prepared;
  if (known !== undefined) {
    await spool.remove();
    return { progress: known, known: true };
  }
  try {
    const begun = open ?? (await begin(deps, spool, manifest, stored));
    await checkDisk(deps.disk, Math.max(0, manifest.bytes - begun.bytes) * deps.disk.growth);
    return { progress: await publish(deps, spool, manifest, begun), known: false };
  } catch (error) {
    if (!(error instanceof DamagedSpool)) throw error;
    throw new ImportRefused('the sorted lines of the import are damaged: import the same input again');
  }
}

/** The sorted lines of the inputs, and the import of them that was finished before. Undefined: it was told to end. */
async function prepare(
  deps: ImportDeps,
  spool: Spool,
  stored: Progress | undefined,
  open: Progress | undefined,
): Promise<{ readonly manifest: SpoolManifest; readonly known: Progress | undefined } | undefined> {
  try {
    const isLeftOver = await removeLeftOver(spool, stored);
    const manifest =
      (isLeftOver ? undefined : await keptSpool(deps, spool, open)) ?? (await gathered(deps, spool, open));
    if (open !== undefined) return { manifest, known: undefined };
    // it had ended, and only its spool was still there
    const known = isLeftOver && isNothing(manifest.inputs) ? stored : importedBefore(deps, manifest, stored);
    return { manifest, known };
  } catch (error) {
    // an input that is broken off fails, too
    if (error instanceof Stopped || stopped(deps)) return undefined;
    throw error;
  }
}

/** Removes a spool that no import needs any more. Whether it was that of the last import, which has ended. */
async function removeLeftOver(spool: Spool, stored: Progress | undefined): Promise<boolean> {
  const manifest = await spool.state();
  if (typeof manifest === 'string' || stored === undefined) return false;
  const isOfLast = stored.import_id === manifest.import_id;
  if (stored.finished === isOfLast) await spool.remove();
  return stored.finished && isOfLast;
}

/**
 * The spool of an interrupted import, if it is whole and the inputs are those that it was made of, or none: standard
 * input that gives nothing goes on with what is kept.
 */
async function keptSpool(
  deps: ImportDeps,
  spool: Spool,
  open: Progress | undefined,
): Promise<SpoolManifest | undefined> {
  const manifest = await spool.state();
  if (typeof manifest === 'string') return undefined;
  refuseOtherSource(deps.source, manifest);
  try {
    await spool.verify(manifest);
  } catch (error) {
    if (error instanceof DamagedSpool) return undefined;
    throw error;
  }
  const { inputs } = await readInputs(deps, undefined);
  if (!isNothing(inputs) && !areSame(inputs, manifest.inputs)) throw anotherInput(deps, namesOf(manifest.inputs), open);
  return manifest;
}

/** Sorts the inputs; those of an import that is under way must be the ones it began with. */
async function gathered(deps: ImportDeps, spool: Spool, open: Progress | undefined): Promise<SpoolManifest> {
  if (open !== undefined) refuseOtherSource(deps.source, open);
  const manifest = await gather(deps, spool, deps.source ?? open?.publisher ?? NO_SOURCE);
  if (open === undefined || open.import_id === manifest.import_id) return manifest;
  await spool.remove();
  throw anotherInput(deps, open.input_name, open);
}

async function begin(
  deps: ImportDeps,
  spool: Spool,
  manifest: SpoolManifest,
  last: Progress | undefined,
): Promise<Progress> {
  try {
    return await beginSorted(deps, spool, manifest, last);
  } catch (error) {
    if (error instanceof ImportRefused) await spool.remove();
    throw error;
  }
}

async function publish(deps: ImportDeps, spool: Spool, manifest: SpoolManifest, begun: Progress): Promise<Progress> {
  const run = createRun(
    deps,
    begun,
    manifest.inputs.map(({ name }) => name),
  );
  let { lines } = begun;
  try {
    for await (const { records, end } of spool.blocks(begun.bytes)) {
      if (stopped(deps)) return await run.settle();
      lines += records.length;
      await run.take({ lines: records.map(lineOf), place: { lines, bytes: end, sha256: '' } });
    }
    if (stopped(deps)) return await run.settle();
    const finished = await run.finish(manifest.lines);
    await spool.remove();
    return finished;
  } catch (error) {
    await run.settle();
    throw error;
  }
}

/** The import of the same events that was finished on this log, as far as it is known still. */
function importedBefore(
  deps: ImportDeps,
  { import_id, publisher, lines, began }: SpoolManifest,
  stored: Progress | undefined,
): Progress | undefined {
  if (stored?.import_id === import_id) return stored;
  const accepted = stored?.earlier.find(([id]) => id === import_id)?.[1];
  if (accepted === undefined) return undefined;
  const begun = { import_id, publisher, sorted: true, own_time: false, ceiling: began, base: began };
  return { ...progressOf(deps, deps.inputs, begun, stored), lines, accepted, finished: true };
}

/** An import of which nothing is logged. */
function nothingOf(deps: ImportDeps, last: Progress | undefined): Progress {
  const now = deps.clock.now();
  const publisher = deps.source ?? NO_SOURCE;
  return progressOf(
    deps,
    deps.inputs,
    { import_id: '', publisher, sorted: true, own_time: false, ceiling: now, base: now },
    last,
  );
}

function isNothing(inputs: readonly ReadInput[]): boolean {
  const [only, second] = inputs;
  return only?.name === '-' && only.bytes === 0 && second === undefined;
}

/** Whether two lists of inputs have the same contents, in any order. */
function areSame(a: readonly ReadInput[], b: readonly ReadInput[]): boolean {
  const digests = (inputs: readonly ReadInput[]) =>
    inputs
      .map(({ sha256 }) => sha256)
      .sort()
      .join();
  return digests(a) === digests(b);
}

function anotherInput({ goOn }: ImportDeps, name: string, at: Progress | undefined): OtherInput {
  const lines = at?.finished === false ? at.lines : 0;
  return new OtherInput(
    `the import of ${name} is unfinished after ${lines} lines, and this is another input: import the same one again, or go on with what was read: ${goOn}`,
  );
}
