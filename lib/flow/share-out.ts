/** A member of a group, and how far its stores of some shares are. */
export interface ShareHolder {
  readonly id: string;
  readonly progress: ReadonlyMap<number, number>;
}

/**
 * Gives each of the shares 0 to `count` - 1 to one member, as evenly as can be. Who has the newest store of a share gets it,
 * as long as that leaves nobody with two shares less than another: a store that is behind costs its owner a re-fold.
 */
export function shareOut(count: number, members: readonly ShareHolder[]): ReadonlyMap<string, readonly number[]> {
  const given = new Map(
    members.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id }): [string, number[]] => [id, []]),
  );
  const base = Math.floor(count / Math.max(1, members.length));
  let larger = count - base * members.length;
  const free = new Set(Array.from({ length: count }, (_, share) => share));

  const give = (share: number, id: string): void => {
    const has = given.get(id);
    if (has === undefined || !free.has(share) || has.length > base || (has.length === base && larger === 0)) return;
    if (has.length === base) larger--;
    free.delete(share);
    has.push(share);
  };

  const stores = members.flatMap(({ id, progress }) =>
    Array.from(progress, ([share, offset]) => ({ id, share, offset })),
  );
  for (const { share, id } of stores.toSorted(newestFirst)) give(share, id);
  for (const share of [...free]) {
    const [least] = [...given].toSorted(([, a], [, b]) => a.length - b.length);
    if (least !== undefined) give(share, least[0]);
  }
  return given;
}

interface Stored {
  readonly id: string;
  readonly share: number;
  readonly offset: number;
}

/** The same order at every member, whatever order they are listed in. */
function newestFirst(a: Stored, b: Stored): number {
  return b.offset - a.offset || a.share - b.share || (a.id < b.id ? -1 : 1);
}
