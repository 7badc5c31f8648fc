import { renderTable } from '#app/cli/render/table';
import type { Compacted } from '#app/embedded/compact';

const KB = 1024;

export function renderCompacted({ log, stores }: Compacted, json: boolean): string {
  if (json) {
    const bytes = { log_before: log.before, log_after: log.after };
    return `${JSON.stringify({ ...bytes, stores_before: stores.before, stores_after: stores.after })}\n`;
  }
  const rows = Object.entries({ log, stores }).map(([what, { before, after }]) => {
    return [what, Math.ceil(before / KB), Math.ceil(after / KB)];
  });
  return renderTable(['kB on the disk', 'before', 'after'], rows);
}
