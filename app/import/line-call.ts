import { isUtf8 } from 'node:buffer';
import { KEPT, type Line, LONGEST_LINE } from '#app/import/lines';
import { dead } from '#lib/flow/outcome';
import type { Checked } from '#services/collect/checked';
import { parseJson } from '#services/collect/read';

const BYTE_ORDER_MARK = 0xfeff;

/** A line as a parsed JSON value; undefined for an empty one. */
export function callOfLine({ bytes, length }: Line): Checked<unknown> | undefined {
  if (length > LONGEST_LINE) {
    return dead(
      'too_long',
      `the line has ${length} bytes, at most ${LONGEST_LINE} are read; the first ${KEPT} are kept`,
    );
  }
  if (!isUtf8(bytes)) return dead('invalid_utf8', 'not valid UTF-8');
  const text = bytes.toString('utf8');
  const parsed = parseJson(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  return parsed.kind === 'dead' && text.trim() === '' ? undefined : parsed;
}
