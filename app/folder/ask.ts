import type { Socket } from 'node:net';
import type { Answer, ExitCode } from '#app/folder/answer';
import { socketName } from '#app/folder/chain';
import { FolderError } from '#app/folder/errors';
import { createDecoder, encodeFrame, type Frame, KINDS, LONGEST_CONTENT } from '#app/folder/frames';
import type { Place } from '#app/folder/place';
import { nameOwner, type OwnerRecord } from '#app/folder/record';
import { connectTo } from '#app/folder/socket';

/** How long an owner may take to say hello, ms. A process that was stopped never does. */
const PATIENCE = 30_000;

/**
 * Has the owner of a folder answer a request, and passes the answer on as it comes. Rejects with `gone` if the owner
 * ended before it took the request up (ask again), with `died` if it ended in the middle, with `silent` if it does not
 * react, and with the answer's reason if nobody wants the answer any more.
 */
export async function askOwner(
  place: Place,
  owner: OwnerRecord,
  request: unknown,
  answer: Answer,
  patience = PATIENCE,
): Promise<ExitCode> {
  const socket = await connectTo(place.owners, socketName(owner.id)).catch((thrown: unknown) => {
    throw new FolderError('gone', `${nameOwner(owner)} cannot be reached; run the command again`, thrown);
  });
  socket.on('error', () => socket.destroy());
  const cancel = () => socket.destroy();
  answer.signal.addEventListener('abort', cancel, { once: true });
  const seen = { started: false, silence: false };
  const silence = setTimeout(() => {
    seen.silence = true;
    socket.destroy();
  }, patience);
  try {
    socket.write(encodeFrame(KINDS.request, Buffer.from(JSON.stringify(request))));
    for await (const frame of framesOf(socket)) {
      clearTimeout(silence);
      if (frame.kind === KINDS.started) seen.started = true;
      if (frame.kind === KINDS.out) await answer.out(frame.content);
      if (frame.kind === KINDS.err) await answer.err(frame.content.toString('utf8'));
      if (frame.kind === KINDS.end) return exitCode(frame.content[0]);
    }
  } finally {
    clearTimeout(silence);
    answer.signal.removeEventListener('abort', cancel);
    socket.destroy();
  }
  answer.signal.throwIfAborted();
  throw broken(place, owner, seen);
}

function broken(place: Place, owner: OwnerRecord, seen: { readonly started: boolean; readonly silence: boolean }) {
  const name = nameOwner(owner);
  if (seen.started) return new FolderError('died', `${name} ended in the middle of its answer; run the command again`);
  if (!seen.silence) return new FolderError('gone', `${name} ended before it answered; run the command again`);
  return new FolderError('silent', `${name} owns ${place.named} and does not react; let it go on, or end it`);
}

async function* framesOf(socket: Socket): AsyncGenerator<Frame> {
  const decode = createDecoder(LONGEST_CONTENT);
  try {
    for await (const piece of socket) {
      if (Buffer.isBuffer(piece)) yield* decode(piece);
    }
  } catch (thrown) {
    // a connection that breaks is told from one that ends by what is missing
    if (!socket.destroyed) throw thrown;
  }
}

function exitCode(byte: number | undefined): ExitCode {
  return byte === 0 || byte === 2 ? byte : 1;
}
