/** Where a command's answer goes: this process's own output, or over the socket to the process that asked. */
export interface Answer {
  /** Standard output. Resolves when more is wanted; rejects with the signal's reason once nobody reads any more. */
  out(chunk: string | Uint8Array): Promise<void>;
  /** Standard error. */
  err(text: string): Promise<void>;
  /** Aborted when nobody waits for the answer any more: stop working on it. */
  readonly signal: AbortSignal;
}

/** Nobody reads the answer any more (`| head`): not an error of ours. */
export class Unread extends Error {
  constructor() {
    super('nobody reads the answer any more');
    this.name = 'Unread';
  }
}

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Does what is asked; `request` comes from another process, so look at it before use. */
export type Respond = (request: unknown, answer: Answer) => Promise<ExitCode>;
