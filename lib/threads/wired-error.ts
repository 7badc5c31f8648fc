import { FlowError, messageOf } from '#lib/flow/errors';

/** An error on its way to another thread: of what is thrown only Error itself gets through whole. */
export interface WiredError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Absent: it is none of the runtime's. */
  readonly flow?: { readonly code: FlowError['code']; readonly retriable: boolean };
}

export function wiredError(thrown: unknown): WiredError {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  if (!(thrown instanceof FlowError)) return { message: messageOf(thrown), stack };
  return { message: thrown.message, stack, flow: { code: thrown.code, retriable: thrown.retriable } };
}

/** The error as whoever waits for it knows it; its cause stays where it was thrown. */
export function unwiredError({ message, stack, flow }: WiredError): Error {
  const error =
    flow === undefined ? new Error(message) : new FlowError(flow.code, message, { retriable: flow.retriable });
  if (stack !== undefined) error.stack = stack;
  return error;
}
