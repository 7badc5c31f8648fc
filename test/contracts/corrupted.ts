import fc from 'fast-check';

/** Changes of bytes as a broken writer, or a malicious one, would make them. */
type Change =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'set' | 'insert'; readonly at: number; readonly byte: number }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'append'; readonly bytes: Uint8Array };

/** A few changes of bytes; places are taken modulo their number. */
export function arbitraryCorruption(): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> {
  return fc
    .array(arbitraryChange, { minLength: 1, maxLength: 3 })
    .map((changes) => (bytes: Uint8Array) => changes.reduce((changed, change) => applied(change, changed), bytes));
}

const at = fc.nat(100_000);
/** Small numbers, the ends of ranges, and bits that say that a number goes on. */
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff));
const arbitraryChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at }),
  fc.record({ kind: fc.constantFrom('set' as const, 'insert' as const), at, byte }),
  fc.record({ kind: fc.constant('remove' as const), at }),
  fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) }),
);

function applied(change: Change, bytes: Uint8Array): Uint8Array {
  if (change.kind === 'append') return Uint8Array.from([...bytes, ...change.bytes]);
  const place = bytes.length === 0 ? 0 : change.at % bytes.length;
  switch (change.kind) {
    case 'cut':
      return bytes.slice(0, place);
    case 'set':
      return bytes.map((old, index) => (index === place ? change.byte : old));
    case 'insert':
      return Uint8Array.from([...bytes.subarray(0, place), change.byte, ...bytes.subarray(place)]);
    case 'remove':
      return Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)]);
  }
}
