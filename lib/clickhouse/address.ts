/** Where a ClickHouse server answers HTTP, and as whom to ask it. */
export interface Address {
  /** Scheme, host, port and path: what people may be shown. */
  readonly shown: string;
  readonly origin: string;
  /** Of a proxy before it; '' if there is none. */
  readonly pathname: string;
  /** Written into the URL. */
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Reads `http://host:8123`, or `https://…`, maybe with user and password and a proxy's path. Throws on anything else. */
export function readAddress(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.search !== '' || parsed.hash !== '') {
    throw new Error(
      `${withoutPassword(url)} is not an address of ClickHouse: write http://host:8123 or https://host:8443`,
    );
  }
  const pathname = parsed.pathname.replace(/\/+$/, '');
  return {
    shown: `${parsed.origin}${pathname}`,
    origin: parsed.origin,
    pathname,
    user: parsed.username === '' ? undefined : decodeURIComponent(parsed.username),
    password: parsed.password === '' ? undefined : decodeURIComponent(parsed.password),
  };
}

/** Whatever stands before the last `@` may be a password. */
function withoutPassword(url: string): string {
  return url.replace(/^(.*:\/\/)?.*@/s, '$1');
}
