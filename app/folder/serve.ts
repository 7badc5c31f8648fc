import type { Socket } from 'node:net';
import { type Answer, type ExitCode, type Respond, Unread } from '#app/folder/answer';
import type { Claim } from '#app/folder/claim';
import { createDecoder, encodeFrame, KINDS, LONGEST_CONTENT, LONGEST_REQUEST } from '#app/folder/frames';
import { oneLine } from '#app/folder/one-line';

/** The owner's end of the socket. */
export interface OwnerServer {
  /** Takes no more requests; resolves when those under way are answered. Who asks from now on tries again later. */
  drain(): Promise<void>;
  /** The same, but breaks off those under way. */
  stop(): Promise<void>;
}

/** Answers, as the owner of a folder, what other processes ask. Requests run side by side. */
export function serveOwner(claim: Claim, respond: Respond): OwnerServer {
  const underWay = new Map<Promise<void>, AbortController>();
  let closing = false;

  claim.onConnection((socket) => {
    if (closing) return void socket.destroy();
    const gone = new AbortController();
    socket.once('close', () => gone.abort(new Unread()));
    onRequest(socket, (request) => {
      if (closing) return void socket.destroy();
      const answered = answerOn(socket, request, respond, gone.signal).finally(() => underWay.delete(answered));
      underWay.set(answered, gone);
    });
  });

  async function drain(): Promise<void> {
    closing = true;
    await Promise.all(underWay.keys());
  }

  return {
    drain,
    stop: async () => {
      for (const gone of underWay.values()) gone.abort(new Unread());
      await drain();
    },
  };
}

function onRequest(socket: Socket, take: (request: unknown) => void): void {
  const decode = createDecoder(LONGEST_REQUEST);
  let taken = false;
  socket.on('data', (piece) => {
    if (taken) return;
    try {
      const [frame] = decode(piece);
      if (frame === undefined) return;
      taken = true;
      take(JSON.parse(frame.content.toString('utf8')));
    } catch {
      socket.destroy();
    }
  });
}

/** Never rejects: what goes wrong is part of the answer. */
async function answerOn(socket: Socket, request: unknown, respond: Respond, signal: AbortSignal): Promise<void> {
  const answer: Answer = {
    signal,
    out: (chunk) => send(socket, KINDS.out, chunk, signal),
    err: (text) => send(socket, KINDS.err, text, signal),
  };
  try {
    await send(socket, KINDS.started, '', signal);
    const code = await respond(request, answer).catch(async (thrown: unknown): Promise<ExitCode> => {
      if (!signal.aborted) await answer.err(`leadstream: ${oneLine(thrown)}\n`);
      return 1;
    });
    await send(socket, KINDS.end, Uint8Array.of(code), signal);
    socket.end();
  } catch {
    socket.destroy();
  }
}

async function send(socket: Socket, kind: number, chunk: string | Uint8Array, signal: AbortSignal): Promise<void> {
  const content = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  let from = 0;
  do {
    signal.throwIfAborted();
    const piece = content.subarray(from, from + LONGEST_CONTENT);
    if (!socket.write(encodeFrame(kind, piece))) await drained(socket, signal);
    from += LONGEST_CONTENT;
  } while (from < content.length);
}

function drained(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      socket.off('drain', onDrain);
      reject(signal.reason);
    };
    socket.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
