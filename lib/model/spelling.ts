/** The candidate that was probably meant, at most `most` typing errors away; undefined if none, or if it is one of them. */
export function nearest(written: string, candidates: Iterable<string>, most: number): string | undefined {
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of candidates) {
    if (candidate === written) return undefined;
    // Each letter more or less is an error.
    if (Math.abs(candidate.length - written.length) >= least) continue;
    const errors = typingErrors(written, candidate);
    if (errors < least) [best, least] = [candidate, errors];
  }
  return best;
}

/** As many errors as a word of this length may have and still be taken for another. */
export function tolerance(written: string): number {
  return written.length <= 3 ? 1 : written.length <= 6 ? 2 : 3;
}

/** Letters added, left out, replaced or swapped with their neighbour (optimal string alignment). */
function typingErrors(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(above, column) + 1,
          at(line, column - 1) + 1,
          at(above, column - 1) + (same ? 0 : 1),
          swapped && row > 1 && column > 1 ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, above] = [above, line];
  }
  return at(above, b.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
