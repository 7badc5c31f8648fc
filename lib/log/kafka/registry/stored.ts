import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import avsc from 'avsc';
import { type FlowError, outage } from '#lib/flow/errors';
import { answerOf, type RegistryClient, within } from '#lib/log/kafka/registry/client';
import type { Endpoint } from '#lib/log/kafka/registry/endpoint';
import { networkFailure, oneLine } from '#lib/log/kafka/registry/failure';

/**
 * Asks for the schema of an id: its JSON, self-contained; null if it is none that Avro can read; undefined if the registry
 * itself says that there is no such id. Rejects with a retriable error whenever that is not certain. Confluent's client
 * resolves references to other schemas; the rest is asked for without it, since it cannot tell an unknown id from a proxy
 * that finds no registry, and keeps avsc's strict reading of a schema in place of its text.
 */
export async function storedSchema(
  endpoint: Endpoint,
  client: RegistryClient,
  id: number,
  timeout: number,
): Promise<unknown> {
  const failed = (why: string): FlowError =>
    outage(`the schema registry at ${endpoint.url}, asked for schema ${id}`, new Error(why));
  const { status, body } = await get(endpoint, `/schemas/ids/${id}`, timeout).catch((thrown: unknown) => {
    throw failed(networkFailure(thrown).text);
  });
  if (status === 404 && body.error_code === SCHEMA_NOT_FOUND) return undefined;
  const { schema, schemaType = 'AVRO', references, message } = body;
  if (status !== 200 || typeof schema !== 'string') {
    throw failed(`it answers with status ${status}${typeof message === 'string' ? `, ${oneLine(message)}` : ''}`);
  }
  if (schemaType !== 'AVRO') return null;
  if (!Array.isArray(references) || references.length === 0) return parsed(schema);
  try {
    const type: unknown = await within(timeout, client.getSchema(id));
    return type instanceof avsc.Type ? type.schema() : null;
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === UNREADABLE) return null;
    const answer = answerOf(thrown);
    if (answer.status === 404 && answer.said !== undefined) return null;
    throw failed(answer.text);
  }
}

const SCHEMA_NOT_FOUND = 40403;
/** The client's error for a schema that avsc refuses. */
const UNREADABLE = 'ConfluentSchemaRegistryArgumentError';

interface Got {
  readonly status: number;
  /** Empty if the answer is no JSON object. */
  readonly body: { readonly [key: string]: unknown };
}

/** Rejects if the whole answer is not there in time. */
function get({ url, auth, agent }: Endpoint, path: string, timeout: number): Promise<Got> {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, {
      agent,
      headers: { accept: 'application/vnd.schemaregistry.v1+json, application/json' },
      signal: AbortSignal.timeout(timeout),
      ...(auth === undefined ? {} : { auth: `${auth.username}:${auth.password}` }),
    })
      .on('error', reject)
      .on('response', (response) => {
        text(response).then(
          (content) => resolve({ status: response.statusCode ?? 0, body: objectOf(parsed(content)) }),
          reject,
        );
      })
      .end();
  });
}

function objectOf(value: unknown): Got['body'] {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** null for what is no JSON. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
