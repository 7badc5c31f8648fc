import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keytoolCommand } from './java.ts';

const run = promisify(execFile);

/** The broker's own user, for what it sends to itself; it may do everything. */
const BROKER = 'broker';

/**
 * Settings for a broker whose clients log in with SASL/PLAIN, without TLS. `users`: passwords by name, neither with quotes
 * or backslashes.
 */
export function saslConfig(users: Readonly<Record<string, string>>): Record<string, string> {
  const password = crypto.randomUUID();
  const known = Object.entries({ ...users, [BROKER]: password }).map(([name, word]) => ` user_${name}="${word}"`);
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.client.plain.sasl.jaas.config': `${module} username="${BROKER}" password="${password}"${known.join('')};`,
  };
}

/**
 * Settings, beside those of saslConfig, for a broker that refuses what no ACL allows. `superUsers` may do everything, such
 * as create the ACLs of the others.
 */
export function aclConfig(superUsers: readonly string[]): Record<string, string> {
  // the controller's port asks nobody who he is
  const all = [BROKER, 'ANONYMOUS', ...superUsers].map((name) => `User:${name}`);
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': all.join(';'),
  };
}

/** A new key with a certificate of its own, for 127.0.0.1. */
export interface SelfSigned {
  /** A PKCS#12 file that holds both. */
  readonly keystore: string;
  readonly password: string;
  /** PEM text: the `ca` that clients trust. */
  readonly certificate: string;
}

/** Makes one, good for a day, in an existing folder that has none yet, with the keytool of Java. */
export async function selfSigned(dir: string): Promise<SelfSigned> {
  const keystore = join(dir, 'keystore.p12');
  const password = crypto.randomUUID();
  const store = ['-keystore', keystore, '-storepass', password, '-alias', 'broker'];
  const named = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '1'];
  await run(keytoolCommand(), ['-genkeypair', '-keyalg', 'RSA', '-storetype', 'PKCS12', ...named, ...store]);
  const { stdout } = await run(keytoolCommand(), ['-exportcert', '-rfc', ...store]);
  return { keystore, password, certificate: stdout };
}

/** Settings for a broker whose clients connect with TLS. */
export function tlsConfig({ keystore, password }: SelfSigned): Record<string, string> {
  return {
    'listener.security.protocol.map': 'CLIENT:SSL,CONTROLLER:PLAINTEXT',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': password,
    // the broker is a client of its own
    'ssl.truststore.type': 'PKCS12',
    'ssl.truststore.location': keystore,
    'ssl.truststore.password': password,
  };
}
