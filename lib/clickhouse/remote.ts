import type { MessagePort } from 'node:worker_threads';
import type { OwnStatements } from '#lib/clickhouse/own';
import { unwiredError, type WiredError, wiredError } from '#lib/threads/wired-error';

type Inserting = Pick<OwnStatements, 'insert'>;

interface Asked {
  readonly id: number;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

interface Done {
  readonly id: number;
  readonly error: WiredError | undefined;
}

/** Inserts what another thread asks for over the port. */
export function serveInserts(port: MessagePort, { insert }: Inserting): void {
  port.on('message', ({ id, table, columns, rows }: Asked) => {
    const done = (error: WiredError | undefined) => port.postMessage({ id, error } satisfies Done);
    insert(table, columns, rows).then(
      () => done(undefined),
      (thrown: unknown) => done(wiredError(thrown)),
    );
  });
}

/** The database of the thread at the other end. An outage there is one here. */
export function remoteInserts(port: MessagePort): Inserting {
  const pending = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  let last = 0;
  port.on('message', ({ id, error }: Done) => {
    const asked = pending.get(id);
    pending.delete(id);
    if (error === undefined) asked?.resolve();
    else asked?.reject(unwiredError(error));
  });
  return {
    insert: (table, columns, rows) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        pending.set(id, { resolve, reject });
        port.postMessage({ id, table, columns, rows } satisfies Asked);
      }),
  };
}
