import { FlowError, messageOf } from '#lib/flow/errors';
import { kafkaFailure, typeOf } from '#lib/log/kafka/failure';
import type { KafkaSettings } from '#lib/log/kafka/settings';

/**
 * Why the first words with a cluster failed, in one line for whoever starts it: what is wrong, and which setting to look
 * at. An outage stays retriable; a certificate, a password or the wrong protocol does not mend itself.
 */
export function connectionFailure(
  settings: Pick<KafkaSettings, 'brokers' | 'tls' | 'sasl'>,
  thrown: unknown,
): FlowError {
  if (thrown instanceof FlowError) return thrown;
  const at = settings.brokers.join(', ');
  const tls = settings.tls !== undefined;
  const denied = (line: string) => new FlowError('denied', line, { retriable: false, cause: thrown });
  const outage = (line: string) => new FlowError('outage', line, { retriable: true, cause: thrown });
  const code = codeOf(thrown);
  const text = messageOf(thrown);

  if (code === 'ECONNREFUSED') {
    return outage(`no Kafka broker listens at ${at}; start it, or name another address with --brokers`);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return outage(`the name of a Kafka broker is unknown here (${at}); name another address with --brokers`);
  }
  if (code !== undefined && UNTRUSTED.has(code)) {
    return denied(
      `the certificate of Kafka at ${at} is not trusted (${code}); name the PEM file of its authority in LEADSTREAM_TLS_CA`,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return denied(`the certificate of Kafka at ${at} is for another host; name the brokers as it does, with --brokers`);
  }
  if (code === 'CERT_HAS_EXPIRED') return denied(`the certificate of Kafka at ${at} has expired; renew it`);
  if (tls && (code === 'EPROTO' || /before secure TLS connection/.test(text))) {
    return denied(`Kafka at ${at} does not speak TLS; name its TLS port with --brokers, or leave out --tls`);
  }
  if (isNamed(thrown, 'KafkaJSSASLAuthenticationError')) {
    return denied(
      `Kafka at ${at} refuses the user or the password; see LEADSTREAM_SASL_USER and LEADSTREAM_SASL_PASSWORD`,
    );
  }
  const type = typeOf(thrown);
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return denied(
      `Kafka at ${at} does not know the log-in ${settings.sasl?.mechanism ?? ''}; choose another LEADSTREAM_SASL_MECHANISM`,
    );
  }
  if (type === 'ILLEGAL_SASL_STATE') {
    return denied(
      `Kafka at ${at} takes no log-in on this port; name its SASL port with --brokers, or set no LEADSTREAM_SASL_MECHANISM`,
    );
  }
  if (isNamed(thrown, 'KafkaJSConnectionClosedError')) {
    return outage(`Kafka at ${at} hangs up: ${hangsUp(tls, settings.sasl !== undefined)}`);
  }
  return kafkaFailure(`connecting to Kafka at ${at}`, thrown);
}

/** A broker does not say why; it is the port of another protocol, or no broker. */
function hangsUp(tls: boolean, sasl: boolean): string {
  const wants = [
    ...(tls ? [] : ['TLS (--tls)']),
    ...(sasl ? [] : ['a log-in (LEADSTREAM_SASL_MECHANISM, _USER and _PASSWORD)']),
  ];
  return wants.length === 0 ? 'it may be no broker; see its log' : `it may want ${wants.join(' or ')}; see its log`;
}

/** As Node names what OpenSSL says of a chain that ends nowhere: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** What the operating system or OpenSSL calls it, wherever kafkajs has wrapped it. */
function codeOf(thrown: unknown): string | undefined {
  for (const error of causesOf(thrown)) if ('code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

function isNamed(thrown: unknown, name: string): boolean {
  return causesOf(thrown).some((error) => error.name === name);
}

function causesOf(thrown: unknown): Error[] {
  const errors: Error[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) errors.push(error);
  return errors;
}
