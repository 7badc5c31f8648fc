/** Rows under headers, in columns; columns whose cells are numbers are aligned to the right. */
export function renderTable(headers: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const right = headers.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const cells = [headers, ...rows.map((row) => row.map(formatCell))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** 1,234 */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Points with two decimals, always with a sign of their own. */
export function formatPoints(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
}

/** A time as it is written in every answer: ISO 8601 in UTC. */
export function formatTime(time: number): string {
  return new Date(time).toISOString();
}

function formatCell(cell: string | number): string {
  return typeof cell === 'number' ? formatCount(cell) : cell;
}
