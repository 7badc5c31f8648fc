import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ExitCode } from '#app/folder/answer';
import { askOwner } from '#app/folder/ask';
import { type Claim, type ClaimOptions, tryClaim } from '#app/folder/claim';
import { FolderError } from '#app/folder/errors';
import { makePlace, type Place } from '#app/folder/place';
import { nameOwner } from '#app/folder/record';

/** Between two looks at a folder that somebody is about to leave, ms. */
const PAUSE = 50;

export interface OwnOptions extends ClaimOptions {
  readonly dir: string;
  /** How long to wait for a passing owner to end, ms. */
  readonly patience?: number;
}

/**
 * Makes this process the owner of a folder, which is made if missing. Rejects with `owned`, naming the owner, if
 * another process has it and is there to stay.
 */
export async function claimFolder(options: OwnOptions): Promise<Claim> {
  const place = await makePlace(options.dir);
  const patience = options.patience ?? 10_000;
  for (let waited = 0; ; waited += PAUSE) {
    const attempt = await tryClaim(place, options);
    if (attempt.kind === 'claimed') return attempt.claim;
    if (!attempt.owner.passing || waited >= patience) {
      const who = nameOwner(attempt.owner);
      throw new FolderError('owned', `${options.dir} is owned by ${who}; stop it first, or use another --data folder`);
    }
    await sleep(PAUSE);
  }
}

/** Has the folder's owner answer; if there is none, this process becomes the owner and must answer by itself. */
export async function askOrClaim(
  place: Place,
  options: ClaimOptions,
  request: unknown,
  answer: Answer,
): Promise<
  { readonly kind: 'answered'; readonly code: ExitCode } | { readonly kind: 'claimed'; readonly claim: Claim }
> {
  for (;;) {
    const attempt = await tryClaim(place, options);
    if (attempt.kind === 'claimed') return attempt;
    try {
      return { kind: 'answered', code: await askOwner(place, attempt.owner, request, answer) };
    } catch (thrown) {
      if (!(thrown instanceof FolderError) || thrown.code !== 'gone') throw thrown;
    }
    await sleep(PAUSE);
    answer.signal.throwIfAborted();
  }
}
