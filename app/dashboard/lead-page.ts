import type { LeadPage } from '#app/dashboard/api';
import { outlookJson } from '#app/dashboard/explanation-json';
import { explainedInPart } from '#app/dashboard/largest';
import { readLead } from '#app/dashboard/leads';
import type { DashboardPorts, ModelFacts } from '#app/dashboard/ports';
import { readStageChanges } from '#app/dashboard/timeline';
import { readNextStages } from '#app/next-stage/next-stage';

type Ports = Pick<DashboardPorts, 'query' | 'explain' | 'outlook' | 'curve' | 'model' | 'clock'>;

/**
 * Everything about one lead but its timeline, with `most` contributions (all, unless told); undefined if neither the tables
 * nor the scores know it.
 */
export async function readLeadPage(ports: Ports, lead: string, most?: number): Promise<LeadPage | undefined> {
  const [row, changes, explanation, facts] = await Promise.all([
    readLead(ports, lead),
    readStageChanges(ports.query, lead),
    ports.explain(lead),
    ports.model(),
  ]);
  if (row === undefined && explanation === undefined) return undefined;
  const base = { lead_id: lead, row: row ?? null, stage_changes: changes, thresholds: thresholdsOf(facts) };
  if (explanation === undefined) return { ...base, explanation: null, curve: [], outlook: null, next_stages: [] };
  const { score, at: now } = explanation;
  const [outlook, curve, next_stages] = await Promise.all([
    ports.outlook(lead, now),
    ports.curve(lead, now),
    facts === undefined ? [] : readNextStages(ports.query, facts, explanation),
  ]);
  return {
    ...base,
    row: row === undefined ? null : { ...row, score, score_at: new Date(now).toISOString() },
    explanation: explainedInPart(explanation, most),
    curve: curve.map(({ at, score }) => ({ at: new Date(at).toISOString(), score })),
    outlook: outlook === undefined ? null : outlookJson(outlook),
    next_stages,
  };
}

function thresholdsOf(model: ModelFacts | undefined): LeadPage['thresholds'] {
  return (model?.stages.moves ?? []).flatMap(({ to, when }) =>
    when.flatMap((one) => (one.kind === 'score' ? [{ stage: to, score: one.atLeast }] : [])),
  );
}
