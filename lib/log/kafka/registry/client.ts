import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { messageOf } from '#lib/flow/errors';
import type { Endpoint } from '#lib/log/kafka/registry/endpoint';
import { type Answer, networkFailure, oneLine } from '#lib/log/kafka/registry/failure';

const CLIENT_ID = 'leadstream';

export type RegistryClient = SchemaRegistry;

/** Confluent's client. It never retries, since it hides why. */
export function createRegistryClient({ url, auth, agent }: Endpoint): RegistryClient {
  return new SchemaRegistry({
    host: url,
    clientId: CLIENT_ID,
    agent,
    retry: { retries: 0 },
    ...(auth === undefined ? {} : { auth: { ...auth } }),
  });
}

/** The client's call, given up after `timeout` ms: it waits for ever for the rest of an answer that was cut off. */
export async function within<Result>(timeout: number, call: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeout / 1000} s`)), timeout);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the client's error says. It gives a lost connection the status 400, and a registry's own words without status. */
export function answerOf(thrown: unknown): Answer {
  const message = messageOf(thrown);
  if (thrown instanceof TypeError) return { status: undefined, said: undefined, text: 'what answers is no registry' };
  if (!message.startsWith(PREFIX)) return networkFailure(thrown);
  const status = statusOf(thrown);
  const said = message.slice(PREFIX.length);
  const unsaid = NOT_SAID.exec(said);
  if (unsaid === null) return { status, said: oneLine(said), text: oneLine(`${status}: ${said}`) };
  if (unsaid[1] === '400') return networkFailure(new Error(unsaid[2] ?? ''));
  return { status: Number(unsaid[1]), said: undefined, text: `it answers with status ${unsaid[1]}` };
}

const PREFIX = `${CLIENT_ID} - `;
const NOT_SAID = /^Error, status (\d+)(?:: ([\s\S]*))?$/;

/** A schema that a subject does not have is an error without a status. */
function statusOf(thrown: unknown): number {
  if (!(thrown instanceof Error) || !('status' in thrown)) return 404;
  return Number(thrown.status);
}
