import { cleanText } from '#services/collect/json';

/** scheme://authority, //authority */
const AUTHORITY = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i;
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const BARE_HOST = /^[^/?#:]+\.[^/?#:]+(?=\/)/;

/** Path of an address without query and fragment, starting with /; null if it has none (mailto:). */
export function pathOf(url: string): string | null {
  const start = AUTHORITY.exec(url) ?? BARE_HOST.exec(url);
  if (start === null && OTHER_SCHEME.test(url)) return null;
  const rest = start === null ? url : url.slice(start[0].length);
  const end = rest.search(/[?#]/);
  const path = end === -1 ? rest : rest.slice(0, end);
  return path.startsWith('/') ? path : `/${path}`;
}

/** Host in lower case without user, port and a leading www.; null if the address names none. */
export function hostOf(url: string): string | null {
  const authority = AUTHORITY.exec(url)?.[1];
  if (authority === undefined) return null;
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .toLowerCase()
    .replace(/^www\./, '');
  return host === '' ? null : host;
}

/** First value of a query parameter, decoded; null if it is missing or empty. */
export function parameterOf(url: string, name: string): string | null {
  const fragment = url.indexOf('#');
  const query = fragment === -1 ? url : url.slice(0, fragment);
  for (let at = query.indexOf(`${name}=`); at !== -1; at = query.indexOf(`${name}=`, at + 1)) {
    const before = query[at - 1];
    if (before !== '?' && before !== '&') continue;
    const end = query.indexOf('&', at);
    const value = query.slice(at + name.length + 1, end === -1 ? undefined : end);
    if (value !== '') return decoded(value);
  }
  return null;
}

/** A broken escape leaves the text as it came. */
function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return cleanText(decodeURIComponent(spaced));
  } catch {
    return spaced;
  }
}
