import { Interrupted } from '#app/cli/failure';
import type { OpenEmbedded } from '#app/cli/ports';
import type { FolderRequest } from '#app/cli/request';
import { createRespond } from '#app/cli/respond';
import type { Answer, ExitCode } from '#app/folder/answer';
import { askOrClaim } from '#app/folder/own';
import { findPlace } from '#app/folder/place';
import { serveOwner } from '#app/folder/serve';

/**
 * Answers a request on a data folder: by its owner if there is one, otherwise by this process, which owns the folder
 * meanwhile and answers others that ask. The same output either way.
 */
export async function withFolder(
  dir: string,
  request: FolderRequest,
  answer: Answer,
  open: OpenEmbedded,
): Promise<ExitCode> {
  const place = await findPlace(dir);
  const outcome = await askOrClaim(place, { purpose: request.command, passing: true }, request, answer);
  if (outcome.kind === 'answered') return outcome.code;
  const { claim } = outcome;
  try {
    const notice = (line: string) => void answer.err(`${line}\n`).catch(() => {});
    const opened = await open({ dir, mode: 'answer', modelDir: undefined, signal: answer.signal, notice });
    try {
      const respond = createRespond(opened);
      const server = serveOwner(claim, respond);
      try {
        return await respond(request, answer);
      } finally {
        await (answer.signal.reason instanceof Interrupted ? server.stop() : server.drain());
      }
    } finally {
      await opened.close();
    }
  } finally {
    await claim.release();
  }
}
