import { MOST_OF_A_KIND } from '#lib/facts/bounds';
import { isOfFirst } from '#lib/facts/words';
import { compareKeys } from '#lib/flow/table';

/** Of each lasting fact the place of the activity with its last word, or its first where that counts. Places sort by time. */
export type LastWords = { readonly [fact: string]: string };

export const NO_LAST_WORDS: LastWords = {};

/** An activity by its place, and the lasting facts that it has words on. */
export interface Speaking {
  readonly place: string;
  readonly facts: readonly string[];
}

/** The last words with what more activities say. */
export function withSpeaking(known: LastWords, speaking: readonly Speaking[]): LastWords {
  const words = new Map(Object.entries(known));
  for (const { place, facts } of speaking) {
    for (const fact of facts) {
      const other = words.get(fact);
      const isLater = other === undefined || compareKeys(place, other) > 0 !== isOfFirst(fact);
      if (isLater) words.set(fact, place);
    }
  }
  return Object.fromEntries(bounded(words));
}

/** Facts of one kind push each other out. What concerns a channel as a whole is no topic: no number of topics pushes it out. */
export function kindOf(fact: string): string {
  const kind = fact.slice(0, fact.indexOf(':') + 1);
  return kind !== '' && fact.endsWith(':') ? `whole ${kind}` : kind;
}

/** The newest of each kind. */
function bounded(words: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const all = [...words];
  if (all.length <= MOST_OF_A_KIND) return all;
  const counts = new Map<string, number>();
  return all
    .sort(([, a], [, b]) => compareKeys(b, a))
    .filter(([fact]) => {
      const kind = kindOf(fact);
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count <= MOST_OF_A_KIND;
    });
}
