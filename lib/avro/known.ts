/**
 * A short text from its bytes. The names of rules, stages, publishers and the like come again and again: the same bytes
 * mostly give the very string they gave before, which is faster and takes no memory.
 */
export function knownText(bytes: Buffer, start: number, size: number): string {
  const place = placeOf(bytes, start, size);
  const known = KNOWN[place] ?? '';
  if (isText(known, bytes, start, size)) return known;
  const text = bytes.toString('utf8', start, start + size);
  if (text.length === size) KNOWN[place] = text;
  return text;
}

/**
 * A text for each place, until another one takes it. Only texts with as many code units as bytes: these are plain ASCII, or
 * hold U+FFFD for what is no UTF-8, which equals no byte. The number of places is a power of two.
 */
const KNOWN: string[] = new Array(2048).fill('');

function placeOf(bytes: Buffer, start: number, size: number): number {
  let hash = size;
  for (let at = start; at < start + size; at++) hash = (hash * 31 + (bytes[at] ?? 0)) | 0;
  return (hash ^ (hash >>> 15)) & (KNOWN.length - 1);
}

function isText(text: string, bytes: Buffer, start: number, size: number): boolean {
  if (text.length !== size) return false;
  for (let index = 0; index < size; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
