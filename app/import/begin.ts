import type { ImportDeps, Logged } from '#app/import/deps';
import type { Line } from '#app/import/lines';
import { earlierImports, namesOf, type Progress } from '#app/import/progress';
import { createLineReader } from '#app/import/reader';
import { ImportRefused } from '#app/import/refused';
import type { Spool, SpoolManifest } from '#app/import/spool';
import { UNSAID } from '#app/import/time-key';
import { ownTime } from '#app/import/timing';
import type { SpoolBlock } from '#lib/spool/block-file';

/** Where a new import of these inputs stands. `base`, `ceiling`: ms since 1970 UTC. */
export function progressOf(
  { standing }: Pick<ImportDeps, 'standing'>,
  inputs: readonly { readonly name: string }[],
  begun: Pick<Progress, 'import_id' | 'publisher' | 'sorted' | 'own_time' | 'ceiling' | 'base'>,
  last: Progress | undefined,
): Progress {
  return {
    ...begun,
    input_name: namesOf(inputs),
    newest: null,
    lines: 0,
    bytes: 0,
    sha256: '',
    accepted: 0,
    rejected: 0,
    in_the_future: 0,
    future_lines: [],
    before: standing ?? { activities: 0, deadLetters: 0 },
    earlier: earlierImports(last),
    finished: false,
  };
}

/**
 * Begins the import of a spool. It brings its own time where that never goes back: in a log that only such imports made,
 * or nobody. Rejects with ImportRefused if its first event lies behind logged time and is not to be dated now.
 */
export async function beginSorted(
  deps: ImportDeps,
  spool: Spool,
  manifest: SpoolManifest,
  last: Progress | undefined,
): Promise<Progress> {
  const { import_id, publisher, began } = manifest;
  const { logged, historic } = deps;
  const own_time = !historic && (logged === undefined || logged.ownTime);
  const ceiling = Math.max(began, own_time ? (logged?.at ?? 0) : 0);
  const first = own_time || !historic ? await firstEvent(deps, spool, manifest, ceiling) : undefined;
  if (first !== undefined && logged !== undefined && first.at < logged.at) throw behind(manifest, first, logged);
  const begun = { import_id, publisher, sorted: true, own_time, ceiling, base: first?.at ?? ceiling };
  return progressOf(deps, manifest.inputs, begun, last);
}

/** An event that says when it happened, ms since 1970 UTC. */
interface FirstEvent {
  readonly line: Line;
  readonly at: number;
}

/** The earliest event that is accepted, of those that say when they happened and not in the future. */
async function firstEvent(
  { hash }: Pick<ImportDeps, 'hash'>,
  spool: Spool,
  { import_id, publisher, inputs }: SpoolManifest,
  ceiling: number,
): Promise<FirstEvent | undefined> {
  const reader = createLineReader({
    hash,
    importId: import_id,
    publisher,
    ownTime: true,
    inputs: inputs.map((input) => input.name),
  });
  const timing = ownTime(null, ceiling, ceiling);
  for await (const { records } of spool.blocks(0)) {
    for (const record of records) {
      if (record.time > ceiling || record.time === UNSAID) return undefined;
      const line = lineOf(record);
      const read = reader.read(line, timing);
      if (read.kind === 'event') return { line, at: read.event.occurred_at };
    }
  }
  return undefined;
}

function behind({ inputs }: SpoolManifest, { line, at }: FirstEvent, logged: Logged): ImportRefused {
  const name = inputs.length > 1 ? `${inputs[line.input]?.name} ` : '';
  return new ImportRefused(
    `${name}line ${line.number} happened at ${new Date(at).toISOString()}, and all until ${new Date(logged.at).toISOString()} is logged: add --historic to have it received now, or import everything together into an empty folder`,
  );
}

/** A record of the spool as the line it was. */
export function lineOf({ input, line, length, bytes }: SpoolBlock['records'][number]): Line {
  return { input, number: line, length, bytes };
}
