import { incompatible, noLevelOf, schemaNotFound, subjectNotFound, versionNotFound } from './answer.ts';
import { breaches, DEFAULT_LEVEL, type Level } from './compatibility.ts';
import type { Entry, Journal } from './journal.ts';
import { identityOf, type Reference, readPosted, type Schema, typeOf } from './schema.ts';

/** A schema as one version of a subject. */
export interface Version extends Schema {
  readonly subject: string;
  /** From 1, without gaps. */
  readonly version: number;
  /** The same in every subject that has the schema. */
  readonly id: number;
}

/** What the registry knows. Every method that takes names or bodies throws RegistryError for what it cannot answer. */
export interface Subjects {
  names(): readonly string[];
  /** All versions of a subject, oldest first. */
  versions(subject: string): readonly Version[];
  version(subject: string, version: number | 'latest'): Version;
  schema(id: string): Schema;
  /** The version of a subject that is this schema. */
  find(subject: string, body: unknown): Version;
  /** The schema's id; the schema becomes the subject's latest version unless it is one already. */
  register(subject: string, body: unknown): number;
  /** Why a schema could not follow a version, or without one all versions, under the subject's level; empty if it could. */
  test(subject: string, body: unknown, version?: number | 'latest'): readonly string[];
  /** Of a subject, if it has none of its own that of all subjects where `inherited` says so; without a subject, that of all. */
  level(subject?: string, inherited?: boolean): Level;
  setLevel(level: Level, subject?: string): void;
}

export function openSubjects(journal: Journal): Subjects {
  const schemas = new Map<number, Schema>();
  const ids = new Map<string, number>();
  const subjects = new Map<string, Version[]>();
  const levels = new Map<string | undefined, Level>();

  const apply = (entry: Entry): void => {
    switch (entry.type) {
      case 'schema':
        schemas.set(entry.id, { schema: entry.schema, references: entry.references });
        ids.set(identityOf(entry), entry.id);
        return;
      case 'version': {
        const { subject, version, id } = entry;
        const versions = subjects.get(subject) ?? [];
        subjects.set(subject, [...versions, { subject, version, id, ...schemaOf(String(id)) }]);
        return;
      }
      case 'level':
        levels.set(entry.subject, entry.level);
    }
  };
  const write = (...entries: Entry[]): void => {
    journal.append(entries);
    entries.forEach(apply);
  };

  const schemaOf = (id: string): Schema => {
    const schema = schemas.get(Number(id));
    if (schema === undefined) throw schemaNotFound(id);
    return schema;
  };
  const versionsOf = (subject: string): readonly Version[] => {
    const versions = subjects.get(subject);
    if (versions === undefined) throw subjectNotFound(subject);
    return versions;
  };
  const versionOf = (subject: string, version: number | 'latest'): Version => {
    const found = version === 'latest' ? versionsOf(subject).at(-1) : versionsOf(subject)[version - 1];
    if (found === undefined) throw versionNotFound(version);
    return found;
  };
  const referred = ({ subject, version }: Reference): Schema => versionOf(subject, version);
  const type = (schema: Schema) => typeOf(schema, referred);
  const levelOf = (subject?: string): Level => levels.get(subject) ?? levels.get(undefined) ?? DEFAULT_LEVEL;
  const breachesOf = (subject: string, schema: Schema, older: readonly Version[]) =>
    breaches(levelOf(subject), type(schema), older.map(type));
  const sameIn = (versions: readonly Version[], schema: Schema) => {
    const id = ids.get(identityOf(schema));
    return versions.find((version) => version.id === id);
  };

  journal.entries.forEach(apply);

  return {
    names: () => [...subjects.keys()].sort(),
    versions: versionsOf,
    version: versionOf,
    schema: schemaOf,
    find(subject, body) {
      const versions = versionsOf(subject);
      const found = sameIn(versions, readPosted(body, referred));
      if (found === undefined) throw schemaNotFound();
      return found;
    },
    register(subject, body) {
      const schema = readPosted(body, referred);
      const versions = subjects.get(subject) ?? [];
      const same = sameIn(versions, schema);
      if (same !== undefined) return same.id;
      const reasons = breachesOf(subject, schema, versions);
      if (reasons.length > 0) throw incompatible(subject, reasons);
      const known = ids.get(identityOf(schema));
      const id = known ?? schemas.size + 1;
      const version = { type: 'version', subject, version: versions.length + 1, id } as const;
      if (known === undefined)
        write({ type: 'schema', id, schema: schema.schema, references: [...schema.references] }, version);
      else write(version);
      return id;
    },
    test(subject, body, version) {
      const schema = readPosted(body, referred);
      const versions = subjects.get(subject) ?? [];
      if (version === undefined) return breachesOf(subject, schema, versions);
      // as the real one answers: anything may be the first version
      if (version === 'latest' && versions.length === 0) return [];
      return breachesOf(subject, schema, [versionOf(subject, version)]);
    },
    level(subject, inherited = false) {
      if (subject !== undefined && !inherited && !levels.has(subject)) throw noLevelOf(subject);
      return levelOf(subject);
    },
    setLevel: (level, subject) => write({ type: 'level', level, ...(subject === undefined ? {} : { subject }) }),
  };
}
