/** Why a wait ends that is over: one for all, since each of its own would take a stack trace. */
const OVER = new DOMException('the wait is over', 'AbortError');

/** Runs something that is told to end when `signal` is aborted, or `stop` is called; afterwards, all that still waits by its limit is. */
export async function limited<Result>(
  signal: AbortSignal,
  run: (limit: AbortSignal, stop: () => void) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const stop = () => limit.abort(OVER);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await run(limit.signal, stop);
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
  }
}
