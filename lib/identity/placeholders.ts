/**
 * What sites send in place of an id when they know none: `null`, `guest`, a template that nobody filled in. Taken for ids
 * they would join strangers into one lead.
 */

/** Whether an id, trimmed already, names nobody. */
export type NamesNobody = (id: string) => boolean;

/** In an entry of the list: any text. */
export const ANY_TEXT = '...';

/** The list that comes along; model/identity.yaml ships the same one. */
export const PLACEHOLDERS: readonly string[] = [
  // nothing, as programs write it
  ...['null', 'nil', 'none', 'undefined', 'void', 'nan', 'infinity', '-infinity', 'true', 'false', '-1'],
  ...['n/a', '#n/a', 'n.a.', '[object ...]', '%s', '%d'],
  // nobody, as people write it
  ...['anonymous', 'anonymous user', 'anonymoususer', 'anon', 'guest', 'guest user', 'guestuser', 'visitor', 'nobody'],
  ...['no user', 'nouser', 'no id', 'noid', 'logged out', 'loggedout', 'not logged in', 'unknown', 'unknown user'],
  ...['unknownuser', 'unidentified', 'not set', 'notset', 'not available', 'unavailable', 'not provided', 'missing'],
  ...['empty', 'blank', 'default', 'invalid', 'deleted', 'deleted user', 'removed', 'redacted', 'hidden', 'masked'],
  // names of the thing itself, and what is typed in to try something
  ...[
    'id',
    'uid',
    'uuid',
    'guid',
    'user',
    'user id',
    'userid',
    'your user id',
    'your id',
    'anonymous id',
    'anonymousid',
  ],
  ...['visitor id', 'visitorid', 'contact id', 'contactid', 'customer id', 'customerid', 'lead id', 'leadid', 'email'],
  ...['test', 'test user', 'testuser', 'tester', 'testing', 'test id', 'testid', 'example', 'sample', 'dummy'],
  ...['placeholder', 'todo', 'tbd'],
  // in other languages
  ...[
    'gast',
    'unbekannt',
    'anonym',
    'inconnu',
    'anonyme',
    'invité',
    'desconocido',
    'anónimo',
    'invitado',
    'ゲスト',
    '匿名',
  ],
  // templates that nobody filled in
  ...['{{...}}', `\${...}`, '#{...}', '@{...}', '{%...%}', '<%...%>', '[[...]]', '%...%', '*|...|*'],
];

/** Of another character than 0: a number like 7777 is an id, xxx is none. */
const REPEATED_LETTERS = 3;
const REPEATED_DIGITS = 8;

/**
 * Compiles a list of placeholders. Case, brackets and quotes around an entry, and how its words are parted (`not_set`,
 * `not-set`) make no difference; `...` in it stands for any text. Whatever the list, nobody is named by a text without any
 * letter or digit, by zeros, and by one character again and again: letters three times or more, digits eight times.
 */
export function namesNobodyBy(list: readonly string[]): NamesNobody {
  const words = new Set<string>();
  const templates = new Map<string, Template[]>();
  for (const entry of list) {
    const text = entry.trim().toLowerCase();
    const gap = text.indexOf(ANY_TEXT);
    if (gap === -1) words.add(plain(text)).add(text);
    else {
      const template = { begin: text.slice(0, gap), end: text.slice(gap + ANY_TEXT.length) };
      const first = template.begin.slice(0, 1);
      templates.set(first, [...(templates.get(first) ?? []), template]);
    }
  }
  const longest = Math.max(0, ...Array.from(words, ({ length }) => length)) + WRAPPING;

  function isTemplate(id: string): boolean {
    const last = templates.get('');
    const same = templates.get(id.slice(0, 1).toLowerCase());
    if (same === undefined && last === undefined) return false;
    const text = id.toLowerCase();
    return [...(same ?? []), ...(last ?? [])].some(
      ({ begin, end }) => text.length >= begin.length + end.length && text.startsWith(begin) && text.endsWith(end),
    );
  }

  return (id) => {
    if (isRepeated(id) || isTemplate(id)) return true;
    if (id.length > longest) return false;
    const text = id.toLowerCase();
    return words.has(text) || (!ONE_WORD.test(text) && words.has(plain(text)));
  };
}

interface Template {
  readonly begin: string;
  readonly end: string;
}

/** Characters of brackets, quotes and blanks that an entry may have around it. */
const WRAPPING = 8;
const ONE_WORD = /^[a-z0-9]*$/;
const PARTING = /(?<=\p{L})[\s_-]+(?=\p{L})/gu;
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['<', '>'],
  ['[', ']'],
  ['{', '}'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);

/** A word without what stands around it, its parts parted by one blank. */
function plain(text: string): string {
  let word = text;
  while (word.length > 1 && CLOSING.get(word.slice(0, 1)) === word.slice(-1)) word = word.slice(1, -1).trim();
  return word.replace(PARTING, ' ');
}

const ZERO = 48;
const NINE = 57;
const SIGN = /[!-/:-@[-`{-~\s\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Nothing but signs, zeros, or one letter or digit again and again; dashes and the like between them make no difference. */
function isRepeated(id: string): boolean {
  let first = -1;
  let count = 0;
  let signs = false;
  for (let at = 0; at < id.length; at++) {
    const code = lower(id.charCodeAt(at));
    if (code === first) count += 1;
    else if (isSign(id, at, code)) signs = true;
    else if (first !== -1) return false;
    else {
      first = code;
      count = 1;
    }
  }
  if (first === -1 || first === ZERO) return true;
  return count >= ((first > ZERO && first <= NINE) || signs ? REPEATED_DIGITS : REPEATED_LETTERS);
}

/** Of ASCII letters. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

function isSign(id: string, at: number, code: number): boolean {
  return !(code > ZERO - 1 && code <= NINE) && !(code >= 97 && code <= 122) && SIGN.test(id.charAt(at));
}
