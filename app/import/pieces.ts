/** How much of the input is worked on at once, bytes. */
export const PIECE = 65_536;

/**
 * The input in pieces of PIECE bytes (the last one is shorter), however it arrives: what an import does must not depend
 * on a pipe's timing.
 */
export async function* pieces(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    while (length + bytes.length - start >= PIECE) {
      const end = start + PIECE - length;
      const last = bytes.subarray(start, end);
      yield waiting.length === 0 ? last : Buffer.concat([...waiting, last]);
      waiting = [];
      length = 0;
      start = end;
    }
    if (start < bytes.length) {
      waiting.push(bytes.subarray(start));
      length += bytes.length - start;
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}

/** The first piece of an input, and the whole input with it. */
export async function peek(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly input: AsyncIterable<Uint8Array> }> {
  const rest = pieces(input);
  const first = await rest.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  return { head, input: prepend(head, rest) };
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
