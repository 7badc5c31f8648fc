import { formatCount, renderTable } from '#app/cli/render/table';
import type { ImportSummary } from '#app/cli/reports';

/** `elapsed` in ms. */
export function renderImport(summary: ImportSummary, elapsed: number, dir: string, json: boolean): string {
  const { finished, known, lines, accepted, duplicates, dead_letters, in_the_future, future_lines, leads } = summary;
  if (json) {
    const duration_ms = Math.round(elapsed);
    const counts = { finished, known, lines, accepted, duplicates, dead_letters, in_the_future, leads, duration_ms };
    return `${JSON.stringify(counts)}\n`;
  }
  const seconds = elapsed / 1000;
  const rate = formatCount(Math.round(lines / Math.max(seconds, 0.001)));
  const head = `${finished ? 'Imported' : 'Stopped after'} ${formatCount(lines)} lines in ${seconds.toFixed(1)} s (${rate} lines/s).\n`;
  const rows = [
    ['accepted', accepted],
    ['duplicates', duplicates],
    ['dead letters', dead_letters],
    ['leads now', leads],
  ];
  const table = renderTable(['', ''], rows).trimStart();
  const look = dead_letters > 0 ? `See what was refused: leadstream dead-letters list --data ${dir}\n` : '';
  const note = known ? 'The same input was imported before: nothing was added.\n' : '';
  return `${head}${table}${note}${renderFuture(in_the_future, future_lines)}${look}`;
}

function renderFuture(count: number, first: readonly string[]): string {
  if (count === 0) return '';
  const more = count > first.length ? ' …' : '';
  const refused =
    count === 1
      ? '1 line is dated in the future and was refused'
      : `${formatCount(count)} lines are dated in the future and were refused`;
  return `${refused}: ${first.join(', ')}${more}\n`;
}
