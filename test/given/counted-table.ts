import type { TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';

/** A table that counts what is read of it. */
export class CountedTable implements TableReader {
  readonly table = new Overlay();
  read = 0;

  get(key: string): unknown {
    this.read++;
    return this.table.get(key);
  }

  range(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.#counted(this.table.range(from, to));
  }

  reverseRange(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.#counted(this.table.reverseRange(from, to));
  }

  *#counted(entries: Iterable<readonly [string, unknown]>): Iterable<readonly [string, unknown]> {
    for (const entry of entries) {
      this.read++;
      yield entry;
    }
  }
}
