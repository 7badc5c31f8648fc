import { isJsonObject } from '#services/collect/json';

/** The key that a call comes with: the user of HTTP basic authentication, else `writeKey` in a body; empty if there is none. */
export function writeKeyOf(authorization: string | undefined, ...bodies: readonly unknown[]): string {
  const user = basicUser(authorization);
  if (user !== '') return user;
  for (const body of bodies) {
    if (isJsonObject(body) && typeof body.writeKey === 'string' && body.writeKey !== '') return body.writeKey;
  }
  return '';
}

function basicUser(authorization: string | undefined): string {
  const encoded = /^basic\s+([a-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return '';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const end = decoded.indexOf(':');
  return end === -1 ? decoded : decoded.slice(0, end);
}

const NAME = 'writeKey';
/** As a field of JSON, and as a parameter of an address. */
const IN_JSON = /("writeKey"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"/g;
const IN_ADDRESS = /([?&]writeKey=)[^&#\s"]*/g;
/** Shorter texts may stand for anything else, too. In characters. */
const SHORTEST_KEY = 8;

/**
 * What came in, without the write keys in it, wherever they stand; the same bytes if there are none. `value` is what could be parsed
 * of them.
 */
export function withoutWriteKey(bytes: Uint8Array, value: unknown): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const key = isJsonObject(value) && typeof value.writeKey === 'string' ? value.writeKey : '';
  if (key === '' && !buffer.includes(NAME)) return bytes;
  // One character for each byte: what is no UTF-8 stays as it is.
  const text = buffer.toString('latin1').replace(IN_JSON, '$1""').replace(IN_ADDRESS, '$1');
  const bare = key.length < SHORTEST_KEY ? text : text.replaceAll(Buffer.from(key, 'utf8').toString('latin1'), '');
  return new Uint8Array(Buffer.from(bare, 'latin1'));
}
