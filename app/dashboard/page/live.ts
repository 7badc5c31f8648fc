import type { Refusal, Snapshot } from '#app/dashboard/api';

export type Connection = 'connecting' | 'live' | 'reconnecting';

export interface LiveListener {
  readonly update: (snapshot: Snapshot) => void;
  /** The server answers but cannot read its numbers. */
  readonly problem: (line: string) => void;
  readonly connection: (state: Connection) => void;
}

const RETRY = 2000;

/** Follows the server's stream for as long as the page is open, and comes back after every break. */
export function followLive(path: string, listener: LiveListener): void {
  const connect = () => {
    const source = new EventSource(path);
    source.addEventListener('open', () => listener.connection('live'));
    source.addEventListener('update', (event) => {
      const snapshot: Snapshot = JSON.parse(event.data);
      listener.update(snapshot);
    });
    source.addEventListener('problem', (event) => {
      const refusal: Refusal = JSON.parse(event.data);
      listener.problem(refusal.error);
    });
    source.addEventListener('error', () => {
      listener.connection('reconnecting');
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY);
    });
  };
  listener.connection('connecting');
  connect();
}
