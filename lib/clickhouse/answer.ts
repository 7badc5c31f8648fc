/** Formats that are a sequence of rows, perhaps after a header: pieces of such an answer can be put together. */
const ROWS = /^(TabSeparated(Raw)?|TSV(Raw)?|CSV|JSON(Compact)?(Strings)?EachRow)(WithNames(AndTypes)?)?$/;

/** Whether pieces of an answer in this format, each with its header, can be put together. */
export function comesInPieces(format: string): boolean {
  return ROWS.test(format);
}

/** Puts pieces together: drops the header from all but the first. */
export async function* withOneHeader(format: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const lines = format.endsWith('AndTypes') ? 2 : format.endsWith('WithNames') ? 1 : 0;
  let header: number | undefined;
  for await (const piece of pieces) {
    if (header === undefined) {
      header = endOfLine(piece, lines);
      yield piece;
    } else {
      yield piece.subarray(header);
    }
  }
}

/** Length of the first `count` lines, bytes. */
function endOfLine(text: Uint8Array, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i++) end = text.indexOf(10, end) + 1;
  return end;
}
