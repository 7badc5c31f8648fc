/** Why a wait ends that is over: one for all, since each of its own would take a stack trace. */
export const OVER = new DOMException('the wait is over', 'AbortError');
