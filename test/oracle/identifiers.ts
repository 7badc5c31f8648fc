import type { Reported } from '#test/oracle/reported';

/** What sites send for "nobody", in lower case. */
const NOBODY: ReadonlySet<string> = new Set([
  '',
  '0',
  'none',
  'null',
  'nil',
  'undefined',
  'nan',
  'false',
  'guest',
  'anonymous',
  'unknown',
  'n/a',
  '[object object]',
]);
const NIL_UUID = /^0{8}-(?:0{4}-){3}0{12}$/;
const TEMPLATE = /^(?:\{\{.*\}\}|\$\{.*\}|\{.*\}|%[a-z_]+%|\[\[.*\]\])$/i;

/** Letters that are not seen: of no width, soft hyphens, marks of direction. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** The identifiers of an event, each as `kind:value`. */
export interface Identifiers {
  /** UserId, the id before and address, strongest first, each once. */
  readonly strong: readonly string[];
  readonly device: string | undefined;
  /** The other device that an alias claims. */
  readonly otherDevice: string | undefined;
}

/** An event and whom it names. */
export interface Named extends Identifiers {
  readonly event: Reported;
}

/** Whom an event names. The id before counts beside a userId or an address: an alias of two devices names no person. */
export function identifiersOf({ name, user, email, device, previous }: Reported): Identifiers {
  const own = [personOf(user), addressIdentifier(email)];
  const isAlias = name === 'aliased' && own.some((one) => one !== undefined);
  const before = isAlias || name === 'unmerged' ? personOf(previous) : undefined;
  const strong = [own[0], before, own[1]].filter((one) => one !== undefined);
  return {
    strong: [...new Set(strong)].sort((a, b) => Number(isAddress(a)) - Number(isAddress(b))),
    device: deviceOf(device),
    otherDevice: isAlias ? deviceOf(previous) : undefined,
  };
}

/** An address as it counts, whatever form it came in; null if it is none. */
export function addressIn(text: string | null): string | null {
  const seen = (text ?? '').replace(INVISIBLE, '').trim();
  const inner = /<([^<>]*)>$/.exec(seen)?.[1] ?? seen;
  const address = inner
    .trim()
    .replace(/^mailto:/i, '')
    .toLowerCase()
    .normalize('NFC');
  return /^[^\s@]+@[^\s@]+$/.test(address) ? address : null;
}

export function isAddress(identifier: string): boolean {
  return identifier.startsWith('email:');
}

/** A userId that is an address is that address. */
function personOf(id: string | null): string | undefined {
  if (addressIn(id) !== null) return addressIdentifier(id);
  const named = idOf(id);
  return named === undefined ? undefined : `user:${named}`;
}

function addressIdentifier(text: string | null): string | undefined {
  const address = addressIn(text);
  return address === null ? undefined : `email:${address}`;
}

function deviceOf(id: string | null): string | undefined {
  const named = idOf(id);
  return named === undefined ? undefined : `device:${named}`;
}

/** An id as it counts: trimmed; undefined if it names nobody. */
export function idOf(id: string | null): string | undefined {
  const text = (id ?? '').trim();
  return NOBODY.has(text.toLowerCase()) || NIL_UUID.test(text) || TEMPLATE.test(text) ? undefined : text;
}
