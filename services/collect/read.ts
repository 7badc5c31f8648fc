import { dead, ok } from '#lib/flow/outcome';
import type { Checked } from '#services/collect/checked';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as a parsed JSON value. Dead: invalid_utf8 or invalid_json. */
export function readJson(bytes: Uint8Array): Checked<unknown> {
  const text = decode(bytes);
  return text === undefined ? dead('invalid_utf8', 'not valid UTF-8') : parseJson(text);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Dead: invalid_json, with the place of the first fault. */
export function parseJson(text: string): Checked<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    const place = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    return dead('invalid_json', place === undefined ? 'not valid JSON' : `not valid JSON at character ${place}`);
  }
}
