import type { Broker } from 'kafkajs';
import { WireReader } from '#lib/log/kafka/wire/reader';

/** A request in one version of Kafka's protocol. */
export interface WireRequest<Answer> {
  readonly name: string;
  /** https://kafka.apache.org/protocol#protocol_api_keys */
  readonly apiKey: number;
  readonly version: number;
  /** Begins with the header's tagged fields where the version has them. Must not change before the answer is there. */
  readonly body: Buffer;
  /** Whether the answer's header has tagged fields. */
  readonly taggedAnswer: boolean;
  /** Throws a ProtocolError where the broker says that it did not do it. */
  readonly read: (from: WireReader) => Answer;
  /** How long the broker may take, ms; default: kafkajs's own patience. */
  readonly timeout?: number;
}

/** What kafkajs keeps beneath a broker: connections that are opened, authenticated and watched, for any request. */
interface Connections {
  send(request: {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
    };
    readonly response: {
      readonly decode: (bytes: Buffer) => Promise<object>;
      readonly parse: (answer: object) => Promise<unknown>;
    };
    readonly requestTimeout?: number;
    readonly logResponseError: boolean;
  }): Promise<unknown>;
}

/** Sends a request of our own coding over kafkajs's connection to a broker; requests go out in the order of the calls. */
export async function sendRequest<Answer>(broker: Broker, request: WireRequest<Answer>): Promise<Answer> {
  const { apiKey, version, name, body, taggedAnswer, timeout } = request;
  const payload = { buf: body, buffer: body };
  let answer: { readonly is: Answer } | undefined;
  await connectionsOf(broker).send({
    request: {
      apiKey,
      apiVersion: version,
      apiName: name,
      encode: async () => payload,
    },
    response: {
      async decode(bytes) {
        const from = new WireReader(bytes);
        if (taggedAnswer) from.tags();
        answer = { is: request.read(from) };
        return {};
      },
      parse: async () => undefined,
    },
    ...(timeout === undefined ? {} : { requestTimeout: timeout }),
    logResponseError: false,
  });
  if (answer === undefined) throw new Error(`${name} was not answered`);
  return answer.is;
}

function connectionsOf(broker: Broker): Connections {
  if (!hasConnections(broker))
    throw new Error('this version of kafkajs hides its connections; install the one of package.json');
  return broker.connectionPool;
}

function hasConnections(broker: object): broker is { readonly connectionPool: Connections } {
  return (
    'connectionPool' in broker &&
    typeof broker.connectionPool === 'object' &&
    broker.connectionPool !== null &&
    'send' in broker.connectionPool &&
    typeof broker.connectionPool.send === 'function'
  );
}
