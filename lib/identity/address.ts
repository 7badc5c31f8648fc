/** An address that is written as it counts already, as most are. */
const AS_IT_COUNTS = /^[a-z0-9_][a-z0-9._+-]*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;
/** Characters that show nothing: zero width, soft hyphen, byte order mark, marks of direction, control characters. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?!\s)\p{Cc}/gu;
const IN_BRACKETS = /^[^<>]*<([^<>]*@[^<>]*)>[^<>]*$/;
const MAILTO = /^mailto:([^?]*)/i;
const BEFORE_COMMENT = /^([^\s()]+@[^\s()]+)\s*\([^()]*\)$/;
const QUOTED_LOCAL_PART = /^"([^"\s@\\]+)"@/;
const BEGINNING = /^[\s"'`“”„‘’«»<(,;]+/;
const END = /[\s"'`“”„‘’«»>),;:.]+$/;
const AROUND_AT = /\s*@\s*/;
/** Longer texts are taken as they are: whoever writes an address writes it short. In characters. */
const LONGEST = 2_000;

/**
 * A mail address as it counts, whichever way it came; null if it is none. What people take for the same address is one text,
 * and what counts already stays as it is: without display name, brackets, `mailto:`, quotes, invisible characters and
 * punctuation around it; in lower case, in Unicode's composed form (NFC), and the domain as the DNS has it (xn--…).
 */
export function addressIn(text: string | null): string | null {
  if (text === null || AS_IT_COUNTS.test(text)) return text;
  if (!text.includes('@') && !text.includes('%40')) return null;
  const lower = text.trim().toLowerCase();
  if (AS_IT_COUNTS.test(lower)) return lower;
  const bare = text.length > LONGEST ? text.trim() : unwrapped(text);
  const address = bare.toLowerCase().normalize('NFC');
  return ADDRESS.test(address) ? withDnsDomain(address) : null;
}

/** Nobody's login in another system: `tenant/ann@x.example`, `auth0|ann@x.example`, `ann@intranet` are ids and no addresses. */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}._%+'&=~-]+@/u;
const PUBLIC_DOMAIN = /\.[a-z][a-z0-9-]*$/;

/** The mail address that an id is, as it counts; null if the id is none. Who has it as an id is who has the address. */
export function addressOfId(id: string | null): string | null {
  const address = addressIn(id);
  return address !== null && LOCAL_PART.test(address) && PUBLIC_DOMAIN.test(address) ? address : null;
}

/** The text without what stands around an address, however often it is wrapped. */
function unwrapped(text: string): string {
  let bare = text;
  for (let before = ''; bare !== before; ) {
    before = bare;
    bare = unwrappedOnce(bare);
  }
  return bare;
}

const VISIBLE = /^[ -~]*$/;

function unwrappedOnce(text: string): string {
  const visible = (VISIBLE.test(text) ? text : text.replace(INVISIBLE, '')).trim();
  const inner = IN_BRACKETS.exec(visible)?.[1] ?? BEFORE_COMMENT.exec(visible)?.[1] ?? visible;
  const mailto = MAILTO.exec(inner)?.[1];
  return (mailto === undefined ? inner : decoded(mailto))
    .replace(QUOTED_LOCAL_PART, '$1@')
    .replace(BEGINNING, '')
    .replace(END, '')
    .replace(AROUND_AT, '@');
}

/** A broken escape leaves the text as it came. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ASCII = /^[!-~]*$/;
/** What would end the host in a URL, or begin something else. */
const NOT_OF_A_HOST = /[/\\?#:%[\]]/;
const DNS_NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;

/** A domain in another script has one form in the DNS, however it is composed; one that the DNS cannot have stays. */
function withDnsDomain(address: string): string {
  const at = address.indexOf('@') + 1;
  const domain = address.slice(at);
  if (ASCII.test(domain) || NOT_OF_A_HOST.test(domain)) return address;
  const url = `http://${domain}`;
  const name = URL.canParse(url) ? new URL(url).hostname : '';
  return DNS_NAME.test(name) ? address.slice(0, at) + name : address;
}
