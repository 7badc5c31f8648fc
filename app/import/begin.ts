import type { ImportDeps } from '#app/import/deps';
import type { Block } from '#app/import/lines';
import type { Progress } from '#app/import/progress';
import { createLineReader } from '#app/import/reader';
import { ownTime as ownTiming } from '#app/import/timing';
import type { Hash } from '#lib/flow/ports';

/** The same first piece of an input gives the same import. */
export function importIdOf(hash: Hash, head: Buffer): string {
  return hash(`import ${head.toString('latin1')}`);
}

/** A new import; `first` are the first lines of its input, `importId` as in importIdOf. */
export function beginImport({ hash, inputName, ownTime, clock }: ImportDeps, importId: string, first: Block): Progress {
  const now = clock.now();
  return {
    import_id: importId,
    input_name: inputName,
    own_time: ownTime,
    ceiling: now,
    base: firstSaid(hash, importId, now, first),
    newest: null,
    lines: 0,
    bytes: 0,
    sha256: '',
    accepted: 0,
    rejected: 0,
    finished: false,
  };
}

/** When the first of the lines happened that says so; the ceiling if none does. */
function firstSaid(hash: Hash, importId: string, ceiling: number, first: Block): number {
  const reader = createLineReader(hash, importId, true);
  const timing = ownTiming(null, ceiling, ceiling);
  for (const line of first.lines) {
    const read = reader.read(line, timing);
    if (read.kind === 'event' && read.event.occurred_at < ceiling) return read.event.occurred_at;
  }
  return ceiling;
}
