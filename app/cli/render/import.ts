import { formatCount, renderTable } from '#app/cli/render/table';
import type { ImportSummary } from '#app/cli/reports';

/** `elapsed` in ms. */
export function renderImport(summary: ImportSummary, elapsed: number, dir: string, json: boolean): string {
  const { finished, lines, accepted, duplicates, dead_letters, leads } = summary;
  if (json) {
    const duration_ms = Math.round(elapsed);
    return `${JSON.stringify({ finished, lines, accepted, duplicates, dead_letters, leads, duration_ms })}\n`;
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
  return `${head}${table}${look}`;
}
