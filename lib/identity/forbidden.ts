import { type NamesNobody, namesNobodyBy, PLACEHOLDERS } from '#lib/identity/placeholders';

/** Whether a text, trimmed already, names nobody by the list that comes along. */
export const namesNobody: NamesNobody = namesNobodyBy(PLACEHOLDERS);

/** An id as it counts: trimmed; null if it names nobody. `nobody` is the word of the model in force. */
export function idIn(text: string | null, nobody: NamesNobody = namesNobody): string | null {
  if (text === null) return null;
  const id = text.trim();
  return nobody(id) ? null : id;
}
