import { cleanText } from '#services/collect/json';

/** scheme://authority, //authority */
const AUTHORITY = /(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/iy;
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const BARE_HOST = /[^/?#:]+\.[^/?#:]+(?=\/)/y;
const PORT = /:\d*$/;
const QUERY_OR_FRAGMENT = /[?#]/;

/** Path of an address without query and fragment, starting with /; null if it has none (mailto:). */
export function pathOf(url: string): string | null {
  const start = endOf(AUTHORITY, url) || endOf(BARE_HOST, url);
  if (start === 0 && OTHER_SCHEME.test(url)) return null;
  const rest = url.slice(start);
  const end = rest.search(QUERY_OR_FRAGMENT);
  const path = end === -1 ? rest : rest.slice(0, end);
  return path.startsWith('/') ? path : `/${path}`;
}

/** Host in lower case without user, port and a leading www.; null if the address names none. */
export function hostOf(url: string): string | null {
  const end = endOf(AUTHORITY, url);
  if (end === 0) return null;
  const authority = url.slice(url.indexOf('//') + 2, end);
  const named = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const host = named.includes(':') ? named.replace(PORT, '') : named;
  const short = host.startsWith('www.') ? host.slice(4) : host;
  return short === '' ? null : short;
}

/** Where a match at the start of a text ends; 0 if there is none. `start` is sticky. */
function endOf(start: RegExp, text: string): number {
  start.lastIndex = 0;
  return start.test(text) ? start.lastIndex : 0;
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
