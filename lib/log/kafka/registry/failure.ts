import { FlowError, messageOf, outage } from '#lib/flow/errors';

/** What somebody at the registry's address answered, or why nobody did. */
export interface Answer {
  /** HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;
  /** The registry's own words; undefined if what answered was no registry, but a proxy before it. */
  readonly said: string | undefined;
  /** All of it, in one line. */
  readonly text: string;
}

/**
 * What an answer other than the one wanted means. `wanted`: as in "register lead.events-leadstream.Tick". An outage unless
 * the registry itself refuses: what a proxy says may change by itself. Not to be let in is `denied`, whoever says so; an
 * outright refusal is a plain error.
 */
export function registryFailure(url: string, wanted: string, { status, said, text }: Answer): Error {
  const registry = `the schema registry at ${url}`;
  if (status === 401) return denied(`${registry} refuses the user or password`);
  if (status === 403) return denied(`${registry} does not let this user ${wanted}; grant it`);
  if (said !== undefined && status !== undefined && status >= 400 && status < 500 && !PASSING.includes(status)) {
    return new Error(`${registry} refuses to ${wanted}: ${said}`);
  }
  return outage(`${registry}, asked to ${wanted}`, new Error(text));
}

/** Request Timeout, Too Many Requests. */
const PASSING = [408, 429];

function denied(message: string): FlowError {
  return new FlowError('denied', message, { retriable: false });
}

/** A network error in words: some come with a code alone. */
export function networkFailure(thrown: unknown): Answer {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return { status: undefined, said: undefined, text: oneLine(messageOf(thrown)) || code || 'no connection' };
}

/** At most 500 characters. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
