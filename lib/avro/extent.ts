import avsc from 'avsc';

/**
 * Where a value that starts at `at` ends, or -1 if the bytes up to `end` hold no such value. Decoding unchecked bytes
 * could loop over counts of 2^53 items that are not there. Throws for records that are nested too deep for the stack.
 */
export type Extent = (bytes: Uint8Array, at: number, end: number) => number;

const { ArrayType, EnumType, FixedType, MapType, RecordType, WrappedUnionType } = avsc.types;

/** For a type made by `writerType`. Binary Avro: https://avro.apache.org/docs/1.12.0/specification/#binary-encoding */
export function extentOf(type: avsc.Type): Extent {
  const records = new Map<avsc.Type, Extent>();
  const build = (inner: avsc.Type): Extent => {
    if (inner instanceof RecordType) return records.get(inner) ?? record(inner);
    if (inner instanceof WrappedUnionType) return union(inner.types.map(build));
    if (inner instanceof EnumType) return choice(inner.symbols.length);
    if (inner instanceof FixedType) return fixed(inner.size);
    if (inner instanceof ArrayType) return blocks(build(inner.itemsType));
    if (inner instanceof MapType) return blocks(sequence([octets, build(inner.valuesType)]));
    const primitive = PRIMITIVES[inner.typeName];
    if (primitive === undefined) throw new Error(`there is no binary form of ${inner.typeName}`);
    return primitive;
  };
  /** A record may hold itself, at any depth. */
  const record = (inner: avsc.types.RecordType): Extent => {
    let extent: Extent = nothing;
    records.set(inner, (bytes, at, end) => extent(bytes, at, end));
    extent = sequence(inner.fields.map((field) => build(field.type)));
    records.set(inner, extent);
    return extent;
  };
  return build(type);
}

function nothing(_bytes: Uint8Array, at: number): number {
  return at;
}

function fixed(size: number): Extent {
  return (_bytes, at, end) => (at + size <= end ? at + size : -1);
}

function sequence(parts: readonly Extent[]): Extent {
  return (bytes, at, end) => {
    let next = at;
    for (const part of parts) {
      next = part(bytes, next, end);
      if (next < 0) return -1;
    }
    return next;
  };
}

/** The number that readLong left behind: one variable is cheaper than an object for every field. */
let long = 0;

function readLong(bytes: Uint8Array, at: number, end: number): number {
  let factor = 1;
  let sum = 0;
  for (let next = at; next < end && next < at + 10; next++) {
    const byte = bytes[next] ?? 0;
    sum += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      long = sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
      return next + 1;
    }
    factor *= 128;
  }
  return -1;
}

function skipLong(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at; next < end && next < at + 10; next++) {
    if ((bytes[next] ?? 0) < 0x80) return next + 1;
  }
  return -1;
}

function octets(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80 && (byte & 1) === 0) {
    const short = at + 1 + (byte >> 1);
    return short <= end ? short : -1;
  }
  const next = readLong(bytes, at, end);
  return next < 0 || long < 0 || long > end - next ? -1 : next + long;
}

function choice(options: number): Extent {
  return (bytes, at, end) => {
    const next = readLong(bytes, at, end);
    return next < 0 || long < 0 || long >= options ? -1 : next;
  };
}

function union(branches: readonly Extent[]): Extent {
  return (bytes, at, end) => {
    const byte = bytes[at];
    if (byte === 0 && branches[0] === nothing && at < end) return at + 1;
    const next = readLong(bytes, at, end);
    const branch = next < 0 ? undefined : branches[long];
    return branch === undefined ? -1 : branch(bytes, next, end);
  };
}

function blocks(item: Extent): Extent {
  return (bytes, at, end) => {
    let next = at;
    for (;;) {
      next = readLong(bytes, next, end);
      if (next < 0 || long === 0) return next;
      let count = long;
      if (count < 0) {
        count = -count;
        next = readLong(bytes, next, end);
      }
      if (next < 0 || count > end - next) return -1;
      for (; count > 0 && next >= 0; count--) next = item(bytes, next, end);
      if (next < 0) return -1;
    }
  };
}

const PRIMITIVES: { readonly [type: string]: Extent } = {
  null: nothing,
  boolean: fixed(1),
  int: skipLong,
  long: skipLong,
  float: fixed(4),
  double: fixed(8),
  bytes: octets,
  string: octets,
};
