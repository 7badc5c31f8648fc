import { ImportRefused } from '#app/import/refused';
import { idOf } from '#services/collect/identifiers';

/** The publisher of an import that names no source. */
export const NO_SOURCE = 'import';

/** The publisher that events of a source bear, by the source's name. Throws ImportRefused if none can have it. */
export function publisherNamed(name: string): string {
  const publisher = idOf('the name of a source', name);
  if (publisher.kind === 'dead') throw new ImportRefused(publisher.detail);
  if (publisher.value === null) throw new ImportRefused(`"${name}" is no name of a source`);
  return publisher.value;
}

/** An import that goes on keeps the source that it began with: throws ImportRefused if another one is given. */
export function refuseOtherSource(given: string | undefined, { publisher }: { readonly publisher: string }): void {
  if (given === undefined || given === publisher) return;
  const began = publisher === NO_SOURCE ? 'without --source' : `with --source ${publisher}`;
  throw new ImportRefused(`the unfinished import was begun ${began}: run it again like that first`);
}
