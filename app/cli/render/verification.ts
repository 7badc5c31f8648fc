import { renderTable } from '#app/cli/render/table';
import type { Verification } from '#app/cli/reports';

export function renderVerification(verification: Verification, json: boolean): string {
  const { compared, differences } = verification;
  if (json) return `${JSON.stringify({ ok: differences.length === 0, compared, differences })}\n`;
  const rows = compared.map(({ what, count }) => [what, count]);
  const head =
    rows.length === 0 ? 'The log is empty.\n' : `Recomputed from the log:\n${renderTable(['', ''], rows).trimStart()}`;
  const lines = differences.map(({ where, key, stored, recomputed }) => {
    return `${where} ${key}: stored ${stored || 'nothing'}, recomputed ${recomputed || 'nothing'}\n`;
  });
  return `${head}${lines.join('') || 'No differences.\n'}`;
}
