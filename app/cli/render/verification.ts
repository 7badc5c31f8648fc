import { formatCount } from '#app/cli/render/table';
import type { Verification } from '#app/cli/reports';

export function renderVerification(verification: Verification, json: boolean): string {
  const { compared, differences } = verification;
  if (json) return `${JSON.stringify({ ok: differences.length === 0, compared, differences })}\n`;
  const what = compared.map((part) => `${formatCount(part.count)} ${part.what}`).join(', ');
  const lines = differences.map(({ where, key, stored, recomputed }) => {
    return `${where} ${key}: stored ${stored || 'nothing'}, recomputed ${recomputed || 'nothing'}\n`;
  });
  return `Recomputed from the log: ${what || 'nothing, the log is empty'}.\n${lines.join('') || 'No differences.\n'}`;
}
