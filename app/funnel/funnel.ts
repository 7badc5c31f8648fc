import type { ClickHouse } from '#lib/clickhouse/client';

/** A stage of the funnel, in the ladder's order. */
export interface FunnelStage {
  readonly stage: string;
  /** Leads and visitors that are in it now. */
  readonly leads: number;
  /** Leads and visitors that ever were in it or, on the ladder, beyond it. */
  readonly reached: number;
  /** Per cent of those that reached the stage before, to one decimal; null for the first and for stages beside the ladder. */
  readonly conversion: number | null;
}

/** Stages beside the ladder: nobody passes through them on the way up. */
const BESIDE = new Set(['dormant', 'recycled', 'disqualified']);

export async function readFunnel(clickhouse: Pick<ClickHouse, 'rows'>): Promise<readonly FunnelStage[]> {
  const rows = await clickhouse.rows('SELECT stage, leads, reached FROM funnel ORDER BY position');
  const stages = rows.map(({ stage, leads, reached }) => ({
    stage: String(stage),
    leads: Number(leads),
    reached: Number(reached),
  }));
  return stages.map((now, i) => ({ ...now, conversion: conversion(stages[i - 1]?.reached, now.reached, now.stage) }));
}

/** The funnel as a table for a terminal, one line per stage. */
export function formatFunnel(stages: readonly FunnelStage[]): string {
  const lines = [
    ['stage', 'leads', 'reached', 'conversion'],
    ...stages.map(({ stage, leads, reached, conversion: percent }) => [
      stage,
      String(leads),
      String(reached),
      percent === null ? '' : `${percent.toFixed(1)} %`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = lines.map((line) =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${aligned.join('\n')}\n`;
}

function conversion(before: number | undefined, now: number, stage: string): number | null {
  if (before === undefined || before === 0 || BESIDE.has(stage)) return null;
  return Math.round((1000 * now) / before) / 10;
}
