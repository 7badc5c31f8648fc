import { isJsonObject } from '#services/collect/json';

/** Who reports: the user of HTTP basic authentication, else `writeKey` in the body, else `default`. */
export function writeKeyOf(authorization: string | undefined, ...bodies: readonly unknown[]): string {
  const user = basicUser(authorization);
  if (user !== '') return user;
  for (const body of bodies) {
    if (isJsonObject(body) && typeof body.writeKey === 'string' && body.writeKey !== '') return body.writeKey;
  }
  return 'default';
}

function basicUser(authorization: string | undefined): string {
  const encoded = /^basic\s+([a-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return '';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const end = decoded.indexOf(':');
  return end === -1 ? decoded : decoded.slice(0, end);
}
