import { CommandFailed, Interrupted } from '#app/cli/failure';
import { renderCompacted } from '#app/cli/render/compacted';
import type { Terminal } from '#app/cli/terminal';
import { compactFolder } from '#app/embedded/compact';
import type { ExitCode } from '#app/folder/answer';
import { claimFolder } from '#app/folder/own';
import { findPlace } from '#app/folder/place';

/** Owns the folder while it is rewritten; who asks meanwhile waits. */
export async function compact(dir: string, json: boolean, { answer, interrupted }: Terminal): Promise<ExitCode> {
  await findPlace(dir);
  const claim = await claimFolder({ dir, purpose: 'compact', passing: false });
  try {
    await answer.out(renderCompacted(await compactFolder(dir, interrupted), json));
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    throw new CommandFailed('compacting was interrupted; nothing is lost, run it again to go on');
  } finally {
    await claim.release();
  }
}
