import type { SchemaRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import { createSchemasById } from '#lib/log/kafka/registry/by-id';
import { createRegistryClient } from '#lib/log/kafka/registry/client';
import { endpointOf, type RegistryAddress } from '#lib/log/kafka/registry/endpoint';
import { lookUp, type Registering, register } from '#lib/log/kafka/registry/register';
import { storedSchema } from '#lib/log/kafka/registry/stored';
import { subjectsOf } from '#lib/log/kafka/registry/subjects';

export interface RegistryOptions extends RegistryAddress {
  /** Put before the names of topics, as in KafkaSettings. */
  readonly prefix: string;
  /** Whether schemas that the registry lacks are registered; if not, they must be there. */
  readonly register: boolean;
  readonly schemas?: RecordSchemas;
  readonly clock: Clock;
  /** A request without an answer is given up after so long, ms; 10 s unless given. */
  readonly timeout?: number;
  /** How often, and how many ms apart, an outage is met when connecting; 10 times and 1 s unless given. */
  readonly retry?: { readonly attempts: number; readonly pause: number };
}

/** Confluent's schema registry, or one that speaks as it does. */
export interface KafkaSchemaRegistry extends SchemaRegistry {
  /**
   * Fetches the schemas of ids that are not known yet; call it before decoding records that name them. Afterwards
   * `schemaOf` gives undefined only for ids that the registry does not have, and null for schemas that are not Avro.
   * Rejects with a retriable error in an outage: the records wait, they are not at fault.
   */
  ensure(ids: Iterable<number>): Promise<void>;
  /** Gives up what is under way. */
  close(): void;
}

const TIMEOUT = 10_000;
const RETRY = { attempts: 10, pause: 1_000 };

/**
 * Connects, and settles the id of every record that a topic carries: see `register`. Rejects with a retriable error if the
 * registry does not answer, with `denied` if it lets nobody in, and else with a plain error that says what to do.
 */
export async function connectRegistry(options: RegistryOptions): Promise<KafkaSchemaRegistry> {
  const { prefix, schemas = RECORD_SCHEMAS, clock, timeout = TIMEOUT, retry = RETRY } = options;
  const endpoint = endpointOf(options);
  const client = createRegistryClient(endpoint);
  const known = createSchemasById((id) => storedSchema(endpoint, client, id, timeout), clock);
  const ids = new Map<string, number>();
  const settle = options.register ? register : lookUp;
  const on: Registering = { client, url: endpoint.url, timeout };
  const missing: string[] = [];
  try {
    for (const { name, type } of subjectsOf(prefix)) {
      const schema = selfContained(type, schemas);
      const id = await persistently(() => settle(on, name, schema), retry, clock);
      if (id === undefined) {
        missing.push(name);
        continue;
      }
      // The same schema has the same id in every subject; where a registry thinks otherwise, any of its ids can be read.
      if (!ids.has(type)) ids.set(type, id);
      known.set(id, schema);
    }
    if (missing.length > 0) throw notRegistered(endpoint.url, missing);
  } catch (thrown) {
    endpoint.agent.destroy();
    throw thrown;
  }
  return {
    idOf(type) {
      const id = ids.get(type);
      if (id === undefined) throw new Error(`no topic carries a ${type}`);
      return id;
    },
    schemaOf: known.get,
    ensure: known.ensure,
    close: () => endpoint.agent.destroy(),
  };
}

async function persistently<Result>(
  work: () => Promise<Result>,
  { attempts, pause }: { readonly attempts: number; readonly pause: number },
  clock: Clock,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt >= attempts || !(thrown instanceof FlowError) || !thrown.retriable) throw thrown;
    }
    await clock.sleep(pause);
  }
}

function notRegistered(url: string, subjects: readonly string[]): Error {
  return new Error(
    `the schema registry at ${url} lacks this version's schemas of ${subjects.join(', ')}; ` +
      'start once as a user who may register them',
  );
}
