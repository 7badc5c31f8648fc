import avsc from 'avsc';
import type { Tap, TapType } from '#lib/avro/tap';
import { writeText } from '#lib/avro/text';

/** Maps, whose keys are texts like any other. */
export class TextMapType extends avsc.types.MapType {
  declare readonly valuesType: TapType;

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
