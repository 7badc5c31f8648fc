/** An address that is written as it counts already, as most are. */
const AS_IT_COUNTS = /^[!-?[-~]+@[!-?[-~]+$/;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * A mail address as it counts, whichever way it came: trimmed, in lower case and in Unicode's composed form (NFC); null if it
 * is none. What people take for the same address is one text, and what counts already stays as it is.
 */
export function addressIn(text: string | null): string | null {
  if (text === null || AS_IT_COUNTS.test(text)) return text;
  const address = text.trim().toLowerCase().normalize('NFC');
  return ADDRESS.test(address) ? address : null;
}
