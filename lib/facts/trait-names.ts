import { LONGEST_NAME, MOST_OF_A_KIND } from '#lib/facts/bounds';

/** Where collect keeps personal fields that are no traits of the person. */
const PLACED = /^(?:context|properties)\./;

/**
 * The names of the traits that an activity says, of what it bears as such. Of more than a hundred the first by name count: no
 * others of one activity can ever be among a lead's newest hundred.
 */
export function traitNames(said: { readonly [name: string]: unknown }): readonly string[] {
  const names = Object.keys(said).filter(isTrait);
  return names.length <= MOST_OF_A_KIND ? names : names.sort().slice(0, MOST_OF_A_KIND);
}

function isTrait(name: string): boolean {
  return name !== 'email' && name !== '' && name.length <= LONGEST_NAME && !PLACED.test(name);
}
