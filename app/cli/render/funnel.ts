import { renderTable } from '#app/cli/render/table';
import type { FunnelStage } from '#app/cli/reports';

export function renderFunnel(stages: readonly FunnelStage[], json: boolean): string {
  if (json) return `${JSON.stringify(stages.map(({ stage, leads, reached }) => ({ stage, leads, reached })))}\n`;
  const rows = stages.map(({ stage, leads, reached }) => [stage, leads, reached]);
  return renderTable(['stage', 'leads now', 'ever reached'], rows);
}
