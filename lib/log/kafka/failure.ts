import { FlowError, messageOf, outage } from '#lib/flow/errors';

const FENCED = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED'];
/** PRODUCER_FENCED, which kafkajs 2.2 does not know by name. */
const FENCED_BY_NUMBER = /Unknown error code 90\b/;
const DENIED = /_AUTHORIZATION_FAILED$|^SASL_AUTHENTICATION_FAILED$|^SECURITY_DISABLED$|^UNSUPPORTED_SASL_MECHANISM$/;
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/**
 * What an error of the client means to a task. `what`: who tried what, for people. Denied access and a record that is too
 * large do not go away by waiting; everything else is an outage.
 */
export function kafkaFailure(what: string, thrown: unknown): FlowError {
  if (thrown instanceof FlowError) return thrown;
  const type = typeOf(thrown);
  if (type !== undefined && DENIED.test(type)) {
    return new FlowError('denied', `${what}: Kafka denies it (${type}); grant it to this user`, {
      retriable: false,
      cause: thrown,
    });
  }
  if (isNamed(thrown, 'KafkaJSSASLAuthenticationError')) {
    return new FlowError('denied', `${what}: Kafka refuses the user or password`, { retriable: false, cause: thrown });
  }
  if (type !== undefined && TOO_LARGE.includes(type)) {
    return new FlowError('too_large', `${what}: ${messageOf(thrown)}; raise the topic's max.message.bytes`, {
      retriable: false,
      cause: thrown,
    });
  }
  return outage(what, thrown);
}

/** Whether a newer producer with the same transactional id has fenced this one. */
export function isFenced(thrown: unknown): boolean {
  return FENCED.includes(typeOf(thrown) ?? '') || FENCED_BY_NUMBER.test(messageOf(thrown));
}

/** Kafka's name of a protocol error, wherever kafkajs has wrapped it. */
export function typeOf(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('type' in error && typeof error.type === 'string') return error.type;
    if ('originalError' in error && error.originalError instanceof Error) {
      const type = typeOf(error.originalError);
      if (type !== undefined) return type;
    }
  }
  return undefined;
}

function isNamed(thrown: unknown, name: string): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) if (error.name === name) return true;
  return false;
}
