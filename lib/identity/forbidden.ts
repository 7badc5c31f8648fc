/** What faulty publishers send instead of no id; taken for ids, they would join strangers into one lead. */
const FORBIDDEN: ReadonlySet<string> = new Set(['', 'null', 'undefined', 'anonymous', '[object object]']);
const LONGEST = Math.max(...Array.from(FORBIDDEN, (id) => id.length));

/** Whether a text, trimmed already, names nobody, whatever its case. */
export function namesNobody(id: string): boolean {
  return id.length <= LONGEST && FORBIDDEN.has(id.toLowerCase());
}

/** An id as it counts: trimmed; null if it names nobody. */
export function idIn(text: string | null): string | null {
  if (text === null) return null;
  const id = text.trim();
  return namesNobody(id) ? null : id;
}
