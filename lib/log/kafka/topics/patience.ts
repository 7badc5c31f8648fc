/** So many attempts, with growing pauses, ms: six seconds in all. */
const ATTEMPTS = 10;
const PAUSE = 140;

/** Does something again while it fails in a way that passes by itself, for about six seconds. */
export async function patiently<Result>(
  work: () => Promise<Result>,
  passes: (thrown: unknown) => boolean,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!passes(thrown) || attempt === ATTEMPTS) throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE * attempt));
  }
}
