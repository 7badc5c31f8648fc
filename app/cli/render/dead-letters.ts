import { formatCount, formatTime } from '#app/cli/render/table';
import type { RetryOutcome, StoredDeadLetter } from '#app/cli/reports';
import type { Answer, ExitCode } from '#app/folder/answer';

/** One line for each: bytes that are no UTF-8 are shown as base64 in JSON. */
export function renderDeadLetter(letter: StoredDeadLetter, json: boolean): string {
  const { dead_letter_id, at, reason, detail, origin, publisher, event_id, original } = letter;
  if (!json) return `${formatTime(at)}  ${dead_letter_id}  ${reason}  ${origin}: ${detail}\n`;
  const text = textOf(original);
  const content =
    text === undefined ? { original_base64: Buffer.from(original).toString('base64') } : { original: text };
  return `${JSON.stringify({ dead_letter_id, at: formatTime(at), reason, detail, origin, publisher, event_id, ...content })}\n`;
}

export async function renderRetry(outcome: RetryOutcome, json: boolean, answer: Answer): Promise<ExitCode> {
  const { retried, refused, unknown } = outcome;
  if (json) await answer.out(`${JSON.stringify(outcome)}\n`);
  else await answer.out(`${formatCount(retried)} sent again, ${formatCount(refused.length)} refused again.\n`);
  for (const { dead_letter_id, detail } of json ? [] : refused) await answer.out(`${dead_letter_id}: ${detail}\n`);
  if (unknown.length > 0) {
    await answer.err(
      `leadstream: no dead letter has the id ${unknown.join(', ')}; see "leadstream dead-letters list"\n`,
    );
  }
  return refused.length + unknown.length === 0 ? 0 : 1;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
