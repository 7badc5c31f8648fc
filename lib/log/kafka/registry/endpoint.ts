import http from 'node:http';
import https from 'node:https';
import type { KafkaTls } from '#lib/log/kafka/settings';

export interface RegistryAddress {
  /** As in `https://registry:8081`; a path, a user and a password may be part of it. */
  readonly url: string;
  readonly auth?: RegistryAuth | undefined;
  readonly tls?: KafkaTls | undefined;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** Where a registry is and how to get in. */
export interface Endpoint {
  /** Without a slash at the end, without user and password: fit for a message. */
  readonly url: string;
  readonly auth: RegistryAuth | undefined;
  /** Of the protocol in `url`. A connection serves one request: they are rare, and one that was kept may be dead. */
  readonly agent: http.Agent;
}

/** Throws for an address that is none. */
export function endpointOf({ url, auth, tls }: RegistryAddress): Endpoint {
  if (!URL.canParse(url)) throw new Error('the address of the schema registry is no URL; write https://HOST:PORT');
  const parsed = new URL(url);
  const { protocol, host, username, password } = parsed;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`the schema registry's address begins with ${protocol}//, which must be http:// or https://`);
  }
  if (protocol === 'http:' && tls !== undefined) {
    throw new Error(`the schema registry has certificates but the address http://${host}; write https://${host}`);
  }
  const own = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    url: `${protocol}//${host}${parsed.pathname.replace(/\/+$/, '')}`,
    auth: auth ?? (username === '' ? undefined : own),
    agent: protocol === 'https:' ? new https.Agent({ keepAlive: false, ...tls }) : new http.Agent({ keepAlive: false }),
  };
}
