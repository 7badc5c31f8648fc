import avsc from 'avsc';
import type { Tap, TapType } from '#lib/avro/tap';

/** Unions of null and one other type: nothing need be known of a value but whether it is null. */
export class OptionalType extends avsc.types.UnwrappedUnionType {
  declare readonly types: [avsc.Type, avsc.Type & TapType];

  protected _write(tap: Tap, value: unknown): void {
    if (value === null) {
      tap.buf[tap.pos++] = NULL;
    } else {
      tap.buf[tap.pos++] = OTHER;
      this.writeOther(tap, value);
    }
  }

  protected writeOther(tap: Tap, value: unknown): void {
    this.types[1]._write(tap, value);
  }

  protected _read(tap: Tap): unknown {
    const branch = tap.readLong();
    if (branch === 0) return null;
    if (branch === 1) return this.types[1]._read(tap);
    throw new Error(`a union of two types has no branch ${branch}`);
  }
}

/** The branches as they are written: 0 and 1, each a zigzag number of one byte. */
const NULL = 0;
const OTHER = 2;
