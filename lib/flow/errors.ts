/** An error of the runtime. `retriable`: an outage, pause and try again; otherwise the task cannot go on. */
export class FlowError extends Error {
  constructor(
    readonly code:
      | 'fenced'
      | 'outage'
      | 'position_lost'
      | 'store_conflict'
      | 'undecodable'
      | 'full'
      | 'denied'
      | 'too_large'
      | 'missing'
      | 'closed',
    message: string,
    options: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'FlowError';
    this.retriable = options.retriable;
  }

  readonly retriable: boolean;
}

/** Another instance has opened the same task: stop at once, nothing of ours will be committed any more. */
export function fenced(task: string): FlowError {
  return new FlowError('fenced', `task ${task} was taken over by another instance`, { retriable: false });
}

/** The log, the store or a database does not answer: nothing is lost, try again later. */
export function outage(what: string, cause: unknown): FlowError {
  return new FlowError('outage', `${what}: ${messageOf(cause)}`, { retriable: true, cause });
}

/** What a person should read of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
