import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The fields of a record as its schema names them. What a schema has beyond what the folds set has its default, so that
 * a field that joins a schema later needs no change here.
 */
final class Shape {
  final Schema schema;
  private final Object[] defaults;

  Shape(Schema schema) {
    this.schema = schema;
    defaults =
        schema.getFields().stream()
            .map(field -> field.hasDefaultValue() ? GenericData.get().getDefaultValue(field) : null)
            .toArray();
  }

  /** Where a field is in a record. Throws when the schema has no such field. */
  int at(String field) {
    Schema.Field found = schema.getField(field);
    if (found == null) throw new IllegalArgumentException(schema.getName() + " has no field " + field);
    return found.pos();
  }

  /** The schema of a field, without null. */
  Schema schemaOf(String field) {
    Schema type = schema.getFields().get(at(field)).schema();
    if (!type.isUnion()) return type;
    return type.getTypes().stream()
        .filter(one -> one.getType() != Schema.Type.NULL)
        .findFirst()
        .orElseThrow();
  }

  /** The records that a field holds: one, or an array of them. */
  Shape of(String field) {
    Schema type = schemaOf(field);
    return new Shape(type.getType() == Schema.Type.ARRAY ? type.getElementType() : type);
  }

  /** A new record of defaults. Defaults are shared: set a field, never change what it holds. */
  GenericRecord blank() {
    GenericRecord record = new GenericData.Record(schema);
    for (int at = 0; at < defaults.length; at++) record.put(at, defaults[at]);
    return record;
  }
}
