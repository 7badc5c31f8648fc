import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Proof } from '#lib/clickhouse/child/config';
import { connectProven } from '#lib/clickhouse/child/proof';

/** Connections of one client at once. */
const MOST_CONNECTIONS = 16;

/** Connections to the server that gives the proof, and to no other: each proves itself before it carries a request. */
export class ProvenAgent extends Agent {
  constructor(
    private readonly port: number,
    private readonly proof: Proof,
  ) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS, scheduling: 'lifo' });
  }

  override createConnection(_options: object, done: (error: Error | null, socket: Duplex) => void): undefined {
    connectProven(this.port, this.proof).then(
      (socket) => done(null, socket),
      // Node's own type has no place for a connection that failed.
      (error: Error) => (done as (error: Error) => void)(error),
    );
  }
}
