import { type RecordSchemas, selfContained } from '#lib/avro/schema';

/** Knows schemas by number. Numbers are for life: a changed schema gets a new one, the old one stays readable. */
export interface SchemaRegistry {
  /** Id of the schema that this version of Leadstream writes for a record. Throws for an unknown record. */
  idOf(type: string): number;
  /** JSON of any schema ever registered, with all records it refers to in place; undefined for an unknown id. */
  schemaOf(id: number): unknown;
}

/** A registry in memory: ids from 1 in the records' order. For logs without a memory of their own, and tests. */
export function createRegistry(schemas: RecordSchemas): SchemaRegistry {
  const names = Object.keys(schemas);
  const ids = new Map(names.map((name, index) => [name, index + 1]));
  return {
    idOf(type) {
      const id = ids.get(type);
      if (id === undefined) throw new Error(`there is no schema named ${type}`);
      return id;
    },
    schemaOf(id) {
      const name = names[id - 1];
      return name === undefined ? undefined : selfContained(name, schemas);
    },
  };
}
