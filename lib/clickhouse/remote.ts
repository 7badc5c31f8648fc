import type { MessagePort } from 'node:worker_threads';
import type { OwnStatements } from '#lib/clickhouse/own';
import { Questions } from '#lib/threads/questions';
import { type WiredError, wiredError } from '#lib/threads/wired-error';

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
  const questions = new Questions<string, void>();
  port.on('message', ({ id, error }: Done) => {
    if (error === undefined) questions.answered(id);
    else questions.failed(id, error);
  });
  return {
    insert: (table, columns, rows) =>
      questions.ask(table, (id) => port.postMessage({ id, table, columns, rows } satisfies Asked)),
  };
}
