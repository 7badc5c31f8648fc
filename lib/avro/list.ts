import avsc from 'avsc';
import type { Tap, TapType } from '#lib/avro/tap';

/** Arrays, which come in blocks. */
export class ListType extends avsc.types.ArrayType {
  declare readonly itemsType: avsc.Type & TapType;

  protected _read(tap: Tap): unknown {
    const { itemsType } = this;
    const first = readCount(tap);
    if (first === 0) return [];
    const list = [itemsType._read(tap)];
    for (let left = first - 1; left > 0; left--) list.push(itemsType._read(tap));
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      tap.exact = false;
      for (; count > 0; count--) list.push(itemsType._read(tap));
    }
    return list;
  }

  protected _write(tap: Tap, value: unknown): void {
    if (!Array.isArray(value)) throw new Error(`not an array: ${JSON.stringify(value)}`);
    if (value.length > 0) tap.writeLong(value.length);
    for (let n = 0; n < value.length; n++) this.writeItem(tap, value[n]);
    tap.writeLong(0);
  }

  protected writeItem(tap: Tap, item: unknown): void {
    this.itemsType._write(tap, item);
  }
}

/** How many items a block has, 0 after the last one. Throws for more than the bytes that are left could hold. */
export function readCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.exact = false;
    tap.readLong();
  }
  if (count > tap.end - tap.pos) throw new RangeError(`they are too few for ${count} items`);
  return count;
}
