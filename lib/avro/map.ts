import avsc from 'avsc';
import { readCount } from '#lib/avro/list';
import type { Tap, TapType } from '#lib/avro/tap';
import { writeText } from '#lib/avro/text';

/** Maps, whose keys are texts like any other. */
export class TextMapType extends avsc.types.MapType {
  declare readonly valuesType: avsc.Type & TapType;

  protected _read(tap: Tap): unknown {
    const map: Record<string, unknown> = {};
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      // JavaScript has an order of keys of its own.
      tap.exact = false;
      for (; count > 0; count--) {
        const key = tap.readString();
        map[key] = this.valuesType._read(tap);
      }
    }
    return map;
  }

  protected _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Error(`not a map: ${JSON.stringify(value)}`);
    }
    const entries = Object.entries(value);
    if (entries.length > 0) tap.writeLong(entries.length);
    for (const [key, inner] of entries) {
      writeText(tap, key);
      this.valuesType._write(tap, inner);
    }
    tap.writeLong(0);
  }
}
