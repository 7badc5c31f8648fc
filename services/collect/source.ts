import type { Hash } from '#lib/flow/ports';
import { remembered } from '#lib/hash/remembered';
import { isSourceKind, SOURCE_KINDS } from '#services/collect/source-kinds';

/** Who reports: a website, a mail sender, the CRM. Event ids are unique within a source. */
export interface Source {
  /** Stands in every event as its publisher; tells nothing of the key. */
  readonly name: string;
  /** Whether it may report the behaviour of this name. */
  may(behaviour: string): boolean;
}

/** The sources that an installation knows. */
export interface Sources {
  /** False: nothing is known of sources, and everybody may report everything. */
  readonly listed: boolean;
  /** Whose write key it is, empty for none; undefined: nobody's, and what comes with it is refused. */
  ofKey(key: string): Source | undefined;
  /** Undefined: there is no source of that name. */
  named(name: string): Source | undefined;
}

/** A source as sources.yaml lists it, its keys as they are sent. */
export interface ListedSource {
  readonly name: string;
  readonly keys: readonly string[];
  /** Kinds of sources, and names of behaviours beside what these may report. */
  readonly may: readonly string[];
  /** Names of behaviours; goes before `may`. */
  readonly mayNot: readonly string[];
}

/** Exactly these sources; names and keys must be there once each. */
export function listedSources(list: readonly ListedSource[]): Sources {
  const byKey = new Map<string, Source>();
  const byName = new Map<string, Source>();
  for (const { name, keys, may, mayNot } of list) {
    const source = { name, may: permission(may, mayNot) };
    byName.set(name, source);
    for (const key of keys) byKey.set(key, source);
  }
  return { listed: true, ofKey: (key) => byKey.get(key), named: (name) => byName.get(name) };
}

const ANYTHING = () => true;

/** In characters of the hash: who has the name cannot tell the key. */
const SHOWN = 12;

/**
 * Any key is taken, and may report everything. A source is named by a hash of its key, so that the key stands nowhere; without a
 * key it is `default`.
 */
export function anySource(hash: Hash): Sources {
  const named = (name: string): Source => ({ name, may: ANYTHING });
  const nameOf = remembered((key) => named(`key-${hash(`write key ${key}`).slice(0, SHOWN)}`), {
    size: 1_000,
    longest: 200,
  });
  const nobody = named('default');
  return { listed: false, ofKey: (key) => (key === '' ? nobody : nameOf(key)), named };
}

/** The same sources and one more, which may report everything. */
export function withSource(sources: Sources, name: string, key: string): Sources {
  const source: Source = { name, may: ANYTHING };
  return {
    listed: sources.listed,
    ofKey: (other) => (other === key ? source : sources.ofKey(other)),
    named: (other) => (other === name ? source : sources.named(other)),
  };
}

function permission(may: readonly string[], mayNot: readonly string[]): (behaviour: string) => boolean {
  const denials = may.filter(isSourceKind).map((kind): ReadonlySet<string> => new Set(SOURCE_KINDS[kind]));
  const granted = new Set(may.filter((name) => !isSourceKind(name)));
  const denied = new Set(mayNot);
  return (behaviour) =>
    !denied.has(behaviour) && (granted.has(behaviour) || denials.some((names) => !names.has(behaviour)));
}
