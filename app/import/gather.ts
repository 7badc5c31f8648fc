import { type ImportDeps, stopped } from '#app/import/deps';
import { checkDisk } from '#app/import/disk';
import { sayWrongFormat, wrongFormat } from '#app/import/format';
import { type Line, linesAfter, type Place } from '#app/import/lines';
import { peek } from '#app/import/pieces';
import { ImportRefused } from '#app/import/refused';
import type { Spool, SpoolManifest } from '#app/import/spool';
import { timeKeyOf } from '#app/import/time-key';

/** An input as it was read. */
export type ReadInput = SpoolManifest['inputs'][number];

/** A pipe's lines are read so far before the disk is looked at again, bytes. */
const LOOK_AGAIN = 67_108_864;
/** Bytes of spool for a byte of input: the sorted file, and while it is made the parts of it. */
const SPOOLED = 2;

/** Nothing is logged of an import that is stopped while it reads. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

type GatherDeps = Pick<ImportDeps, 'inputs' | 'disk' | 'onReading' | 'signal' | 'hash' | 'clock'>;

/**
 * Reads all inputs into the spool and makes it complete. Rejects with Stopped when told to end, with ImportRefused if an
 * input is no NDJSON or the disk is too small, and with what the inputs reject with; nothing is left then.
 */
export async function gather(deps: GatherDeps, spool: Spool, publisher: string): Promise<SpoolManifest> {
  const { hash, clock } = deps;
  const began = clock.now();
  const size = sizeOf(deps);
  if (size !== undefined) await checkDisk(deps.disk, size * (SPOOLED + deps.disk.growth));
  let inputs: readonly ReadInput[] = [];
  let lines = 0;
  const filling = spool.fill(async (add) => {
    const read = await readInputs(deps, (line) => {
      const time = timeKeyOf(line);
      if (time === undefined) return undefined;
      const { bytes: content, length, input, number } = line;
      return add({ time, bytes: content, length, input, line: number });
    });
    ({ inputs, lines } = read);
  });
  const { digest, bytes } = await filling.catch((error: unknown) => {
    throw isFull(error)
      ? new ImportRefused(`the disk of ${deps.disk.named} is full: make room, and import again`)
      : error;
  });
  const import_id = hash(JSON.stringify(['import', publisher, digest]));
  const manifest = { import_id, publisher, inputs: [...inputs], lines, bytes, began };
  await spool.complete(manifest);
  return manifest;
}

/** Reads all inputs to their ends. Rejects as `gather` does. */
export async function readInputs(
  deps: GatherDeps,
  take: ((line: Line) => Promise<void> | undefined) | undefined,
): Promise<{ readonly inputs: readonly ReadInput[]; readonly lines: number }> {
  const of = sizeOf(deps);
  const inputs: ReadInput[] = [];
  let before: Pick<Place, 'lines' | 'bytes'> = { lines: 0, bytes: 0 };
  let looked = 0;
  for (const [number, source] of deps.inputs.entries()) {
    const { name } = source;
    const { head, input } = await peek(source.open());
    if (stopped(deps)) throw new Stopped();
    const fault = wrongFormat(head);
    if (fault !== undefined) throw new ImportRefused(sayWrongFormat(name, fault));
    let place: Place = { lines: 0, bytes: 0, sha256: '' };
    for await (const block of linesAfter(input, undefined, number)) {
      if (stopped(deps)) throw new Stopped();
      for (const line of take === undefined ? [] : block.lines) {
        const written = take?.(line);
        if (written !== undefined) await written;
      }
      place = block.place;
      const bytes = before.bytes + place.bytes;
      deps.onReading?.({ lines: before.lines + place.lines, bytes, of });
      if (of === undefined && take !== undefined && bytes - looked > LOOK_AGAIN) {
        looked = bytes;
        await checkDisk(deps.disk, bytes * (SPOOLED - 1 + deps.disk.growth));
      }
    }
    inputs.push({ name, bytes: place.bytes, sha256: place.sha256 });
    before = { lines: before.lines + place.lines, bytes: before.bytes + place.bytes };
  }
  // an input that was broken off may end in half a line
  if (stopped(deps)) throw new Stopped();
  return { inputs, lines: before.lines };
}

/** Bytes of all inputs; undefined if one is a pipe. */
function sizeOf({ inputs }: Pick<ImportDeps, 'inputs'>): number | undefined {
  return inputs.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
