/** So many traits of one activity count: as many as are held of a lead. */
const MOST_TRAITS = 100;

export const LONGEST_NAME = 200;

/** Where collect keeps personal fields that are no traits of the person. */
const PLACED = /^(?:context|properties)\./;

/**
 * The names of the traits that an activity says, of what it bears as such. Of more than a hundred the first by name count: no
 * others of one activity can ever be among a lead's newest hundred.
 */
export function traitNames(said: { readonly [name: string]: unknown }): readonly string[] {
  const names = Object.keys(said).filter(isTrait);
  return names.length <= MOST_TRAITS ? names : names.sort().slice(0, MOST_TRAITS);
}

function isTrait(name: string): boolean {
  return name !== 'email' && name !== '' && name.length <= LONGEST_NAME && !PLACED.test(name);
}
