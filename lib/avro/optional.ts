import avsc from 'avsc';
import { Seen } from '#lib/avro/known';
import type { Tap, TapType } from '#lib/avro/tap';
import { readText, writeText } from '#lib/avro/text';

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
    return readBranch(tap) ? this.types[1]._read(tap) : null;
  }
}

/** Unions of null and text, as most are. */
export class OptionalTextType extends OptionalType {
  readonly #seen = new Seen();

  protected override _read(tap: Tap): unknown {
    return readBranch(tap) ? readText(tap, this.#seen) : null;
  }

  protected override writeOther(tap: Tap, value: unknown): void {
    writeText(tap, value);
  }
}

/** Whether it is the other branch. */
function readBranch(tap: Tap): boolean {
  const branch = tap.readLong();
  if (branch === 0) return false;
  if (branch === 1) return true;
  throw new Error(`a union of two types has no branch ${branch}`);
}

/** The branches as they are written: 0 and 1, each a zigzag number of one byte. */
const NULL = 0;
const OTHER = 2;
