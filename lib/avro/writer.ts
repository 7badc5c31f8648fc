import avsc from 'avsc';

/**
 * avsc's type of a schema as some publisher wrote it, for reading: only what decides where a value begins and ends is kept.
 * Docs, defaults, aliases and logical types have no part in that, and registries keep schemas whose defaults avsc refuses.
 * Throws for a schema that is not self-contained or none at all.
 */
export function writerType(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(JSON.parse(JSON.stringify(layout(schema))), {
    omitRecordMethods: true,
    wrapUnions: 'always',
  });
}

/** Java also takes a type's definition where the name of a type belongs: `{"type": {"type": "string"}}`. */
function layout(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(layout);
  if (!isObject(schema)) return schema;
  const { type, name, namespace } = schema;
  switch (type) {
    case 'record':
      return {
        type,
        name,
        namespace,
        fields: fieldsOf(schema).map((field) => ({ ...field, type: layout(field.type) })),
      };
    case 'enum':
      return { type, name, namespace, symbols: schema.symbols };
    case 'fixed':
      return { type, name, namespace, size: schema.size };
    case 'array':
      return { type, items: layout(schema.items) };
    case 'map':
      return { type, values: layout(schema.values) };
    default:
      return layout(type);
  }
}

/** Name and type of a record's fields, as far as it has any. */
export function fieldsOf(schema: unknown): readonly { readonly name: unknown; readonly type: unknown }[] {
  if (!isObject(schema) || !Array.isArray(schema.fields)) return [];
  return schema.fields.map((field: unknown) =>
    isObject(field) ? { name: field.name, type: field.type } : { name: undefined, type: undefined },
  );
}

function isObject(json: unknown): json is { readonly [key: string]: unknown } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
