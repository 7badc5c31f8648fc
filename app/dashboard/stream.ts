import type { ServerResponse } from 'node:http';
import type { Feed } from '#app/dashboard/feed';

/** A watcher that does not read this many bytes in time misses all updates but the last until it does, bytes. */
const BACKLOG = 1 << 20;

export interface Streams {
  /** Turns a response into a stream of server-sent events, until the client or the server closes it. */
  open(response: ServerResponse): void;
  /** Ends all of them: clients come back by themselves. */
  close(): void;
}

/** `update` events carry a Snapshot, `problem` events { error }; comments keep proxies from closing a quiet stream. */
export function createStreams(feed: Feed, heartbeat = 15_000): Streams {
  const open = new Map<ServerResponse, () => void>();
  return {
    open(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      let missed: string | undefined;
      const send = (chunk: string) => {
        if (response.writableLength < BACKLOG) response.write(chunk);
        else missed = chunk;
      };
      response.on('drain', () => {
        if (missed !== undefined) response.write(missed);
        missed = undefined;
      });
      send('retry: 1000\n\n');
      const beat = setInterval(() => response.writableNeedDrain || response.write(': still here\n\n'), heartbeat);
      const unwatch = feed.watch({
        update: (snapshot) => send(`event: update\ndata: ${JSON.stringify(snapshot)}\n\n`),
        problem: (error) => send(`event: problem\ndata: ${JSON.stringify({ error })}\n\n`),
      });
      const leave = () => {
        clearInterval(beat);
        unwatch();
        open.delete(response);
      };
      open.set(response, leave);
      response.on('close', leave);
      response.on('error', leave);
    },
    close() {
      for (const [response, leave] of open) {
        leave();
        response.end();
      }
    },
  };
}
