import avsc from 'avsc';
import type { Tap } from '#lib/avro/tap';

/** Whole numbers, as far as JavaScript has them. */
export class LongType extends avsc.types.LongType {
  protected _read(tap: Tap): number {
    const long = tap.readLong();
    if (!(long >= -MOST && long <= MOST)) throw new RangeError(`a number is too large: ${long}`);
    return long;
  }

  protected _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'number' || Math.floor(value) !== value || !(value >= -MOST && value <= MOST)) {
      throw new Error(`not a long: ${JSON.stringify(value)}`);
    }
    tap.writeLong(value);
  }
}

const MOST = Number.MAX_SAFE_INTEGER - 1;
