import { isDeepStrictEqual } from 'node:util';
import type { Sink } from '#lib/flow/ports';
import type { Place, Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

const DATABASE: Place = { name: 'the database', local: false };

/** A row as the database sees it. */
export interface Versioned {
  readonly key: string;
  /** Of two rows with a key the one with the greater version counts. */
  readonly version: number;
}

/** The sink's server side: keeps of each key the newest row, and minds that a version of a row never changes. */
export class Database {
  readonly #rows = new Map<string, { readonly version: number; readonly row: unknown }>();
  readonly #byVersion = new Map<string, unknown>();

  constructor(
    private readonly world: World,
    private readonly describe: (row: unknown) => Versioned,
  ) {}

  sink(process: Process): Sink<unknown> {
    return {
      write: (rows) =>
        process.call<void>(DATABASE, `writes ${rows.length} rows`, (answer) => {
          for (const row of rows) this.add(row);
          answer.ok();
        }),
    };
  }

  add(row: unknown): void {
    const { key, version } = this.describe(row);
    const name = `${key} ${version}`;
    if (this.#byVersion.has(name)) {
      if (!isDeepStrictEqual(this.#byVersion.get(name), row))
        this.world.problem(`row ${name} was written in two forms`);
      return;
    }
    this.#byVersion.set(name, row);
    const known = this.#rows.get(key);
    if (known === undefined || known.version < version) this.#rows.set(key, { version, row });
  }

  /** Of each key the newest row. */
  rows(): ReadonlyMap<string, unknown> {
    return new Map(Array.from(this.#rows, ([key, { row }]) => [key, row]));
  }
}
