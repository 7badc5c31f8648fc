import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { InputPosition } from '#lib/flow/position';
import type { TableReader } from '#lib/flow/store';
import { DATA, hasData } from '#lib/store/environment';
import { openMark } from '#lib/store/mark';
import { isPositions } from '#lib/store/positions';
import { openStoreTables, POSITIONS, readerOf } from '#lib/store/table';

/** A store as it lies on the disk: nothing is written to it, and nobody else must meanwhile. */
export interface StoredTable extends TableReader {
  /** The positions that the table is the fold of; undefined: it holds nothing. */
  positions(): readonly InputPosition[] | undefined;
  close(): Promise<void>;
}

/** Undefined: there is none, or it cannot be trusted, and whoever owns it will build it again. Throws DamagedError. */
export function openStoredTable(dir: string): StoredTable | undefined {
  if (!existsSync(join(dir, DATA)) || !openMark(dir).intact || !hasData(dir, `the store in ${dir}`)) return undefined;
  const environment: RootDatabase<unknown, string> = open({ path: dir, noSubdir: false, readOnly: true });
  const { table, versions } = openStoreTables(environment);
  return {
    ...readerOf(table),
    positions() {
      const value = versions.get(POSITIONS);
      return isPositions(value) ? value : undefined;
    },
    close: () => environment.close(),
  };
}
