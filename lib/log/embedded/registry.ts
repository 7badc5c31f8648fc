import { isDeepStrictEqual } from 'node:util';
import type { SchemaRegistry } from '#lib/avro/registry';
import { type RecordSchemas, selfContained } from '#lib/avro/schema';
import { type Settings, settingsOf } from '#lib/log/embedded/settings';

/** The schemas stored in the log and those of this version; `added` are to be stored before anything is written. */
export interface LogRegistry extends SchemaRegistry {
  readonly added: ReadonlyMap<number, unknown>;
}

/** A schema that is in the log already keeps its id; a changed one gets a new id. */
export function settleSchemas(settings: Settings, schemas: RecordSchemas): LogRegistry {
  const byId = new Map<number, unknown>();
  for (const [id, schema] of settingsOf(settings, 'schema')) byId.set(Number(id), schema);
  const added = new Map<number, unknown>();
  const ids = new Map<string, number>();
  for (const name of Object.keys(schemas)) {
    const schema: unknown = JSON.parse(JSON.stringify(selfContained(name, schemas)));
    const known = [...byId].find(([, stored]) => isDeepStrictEqual(stored, schema));
    const id = known?.[0] ?? 1 + Math.max(0, ...byId.keys());
    if (known === undefined) {
      byId.set(id, schema);
      added.set(id, schema);
    }
    ids.set(name, id);
  }
  return {
    added,
    schemaOf: (id) => byId.get(id),
    idOf(type) {
      const id = ids.get(type);
      if (id === undefined) throw new Error(`there is no schema named ${type}`);
      return id;
    },
  };
}
