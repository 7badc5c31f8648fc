import { COMPATIBILITY, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { AvroRecord } from '#lib/avro/schema';
import { FlowError, messageOf, outage } from '#lib/flow/errors';
import { answerOf, type RegistryClient, within } from '#lib/log/kafka/registry/client';
import { registryFailure } from '#lib/log/kafka/registry/failure';

export interface Registering {
  readonly client: RegistryClient;
  /** Of the registry, for messages. */
  readonly url: string;
  /** A call is given up after so many ms. */
  readonly timeout: number;
}

/**
 * Registers a schema under a subject, unless it is there, and returns its id. A subject without a compatibility of its own
 * gets BACKWARD_TRANSITIVE: readers of this version read all that was ever written. FULL_TRANSITIVE, which promises more,
 * is left as it is; any other setting is somebody's decision and an error. Rejects with a retriable error in an outage,
 * with `denied` if the user may not do it, and with a plain error if the schema cannot read what the subject holds.
 */
export async function register(on: Registering, subject: string, schema: AvroRecord): Promise<number> {
  let other: string | undefined;
  for (const compatibility of [COMPATIBILITY.BACKWARD_TRANSITIVE, COMPATIBILITY.FULL_TRANSITIVE]) {
    try {
      const { id } = await within(on.timeout, on.client.register(avro(schema), { subject, compatibility }));
      return idIn(on, id);
    } catch (thrown) {
      const level = OTHER_LEVEL.exec(messageOf(thrown));
      if (level === null) throw refused(on, subject, thrown);
      other ??= level[1];
    }
  }
  throw new Error(
    `the schema registry keeps subject ${subject} with compatibility ${other}; set it to BACKWARD_TRANSITIVE there: ` +
      'records of every age must stay readable',
  );
}

/** The id of a schema under a subject; undefined if it is not registered there. Errors as of `register`. */
export async function lookUp(on: Registering, subject: string, schema: AvroRecord): Promise<number | undefined> {
  try {
    return idIn(on, await within(on.timeout, on.client.getRegistryIdBySchema(subject, avro(schema))));
  } catch (thrown) {
    if (thrown instanceof FlowError) throw thrown;
    const answer = answerOf(thrown);
    if (answer.status === 404 && answer.said !== undefined) return undefined;
    throw registryFailure(on.url, `look up ${subject}`, answer);
  }
}

/** How the client words that a subject has another compatibility. */
const OTHER_LEVEL = /^Compatibility does not match the configuration \(\w+ != (\w+)\)$/;

function avro(schema: AvroRecord): { readonly type: SchemaType.AVRO; readonly schema: string } {
  return { type: SchemaType.AVRO, schema: JSON.stringify(schema) };
}

function refused(on: Registering, subject: string, thrown: unknown): Error {
  if (thrown instanceof FlowError) return thrown;
  const answer = answerOf(thrown);
  if (answer.status !== 409 || answer.said === undefined) return registryFailure(on.url, `register ${subject}`, answer);
  return new Error(
    `subject ${subject} at the schema registry holds a schema that this version of Leadstream cannot read: ` +
      `${reasonIn(answer.said)}; start the version that registered it, or give what was added here a default`,
  );
}

/** Confluent's registry words an incompatibility as a list of details, whose first `description` is for people. */
function reasonIn(said: string): string {
  return /description:\s*'([^']*(?:'[^',}]*)*)'/.exec(said)?.[1] ?? said.replace(/^.*?details: /, '');
}

/** What answers 200 to everything is no registry, but may stand before one. */
function idIn({ url }: Registering, id: unknown): number {
  if (typeof id === 'number' && Number.isInteger(id)) return id;
  throw outage(`the schema registry at ${url}`, new Error('it answers without a schema id'));
}
