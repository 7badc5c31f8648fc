/** ClickHouse writes no exception that is longer behind an answer, bytes; with its frame. */
const LONGEST = 17 * 1024;

/**
 * An answer over HTTP without the exception that a server writes behind the rows when a statement fails half-way: throws
 * that in place of the end. `tag` is the answer's header X-ClickHouse-Exception-Tag (ClickHouse 25.11 and newer): with it an
 * exception is told from any data; without it, only in an answer that breaks off, as those of 24.11 and newer then do.
 */
export async function* withoutException(
  answer: AsyncIterable<Uint8Array>,
  tag: string | undefined,
): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  try {
    for await (const piece of answer) {
      held = Buffer.concat([held, piece]);
      if (held.length > LONGEST) {
        const sure = held.length - LONGEST;
        yield held.subarray(0, sure);
        held = held.subarray(sure);
      }
    }
  } catch (broken) {
    throw exceptionIn(held, tag, true) ?? broken;
  }
  const exception = exceptionIn(held, tag, false);
  if (exception !== undefined) throw exception;
  if (held.length > 0) yield held;
}

function exceptionIn(end: Buffer, tag: string | undefined, broken: boolean): Error | undefined {
  if (tag === undefined && !broken) return undefined;
  const opening = tag === undefined ? '' : `__exception__\r\n${tag}\r\n`;
  const text = end.toString();
  const from = text.lastIndexOf(opening === '' ? 'Code: ' : opening);
  const message = /^Code: \d+\. DB::Exception: [^\n]*/.exec(from < 0 ? '' : text.slice(from + opening.length))?.[0];
  return message === undefined ? undefined : new Error(message);
}
