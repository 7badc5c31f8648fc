import type { ExplainedScore, LeadPage } from '#app/dashboard/api';
import { scoreCurve } from '#app/dashboard/curve';
import { fadings } from '#app/dashboard/decay';
import { readLead } from '#app/dashboard/leads';
import { outlookOf } from '#app/dashboard/outlook';
import type { DashboardPorts, Explanation, ModelFacts } from '#app/dashboard/ports';
import { readStageChanges } from '#app/dashboard/timeline';

type Ports = Pick<DashboardPorts, 'query' | 'explain' | 'model'>;

/** Everything about one lead but its timeline; undefined if neither the tables nor the scores know it. */
export async function readLeadPage({ query, explain, model }: Ports, lead: string): Promise<LeadPage | undefined> {
  const [row, changes, explanation, facts] = await Promise.all([
    readLead(query, lead),
    readStageChanges(query, lead),
    explain(lead),
    model(),
  ]);
  if (row === undefined && explanation === undefined) return undefined;
  const base = { lead_id: lead, row: row ?? null, stage_changes: changes, thresholds: thresholdsOf(facts) };
  if (explanation === undefined) return { ...base, explanation: null, curve: [], outlook: null };
  const fading = fadings(explanation, facts);
  const curve = scoreCurve(fading, explanation.at).map(({ at, score }) => ({ at: new Date(at).toISOString(), score }));
  return {
    ...base,
    explanation: explanationJson(explanation),
    curve,
    outlook: outlookOf(fading, explanation.at),
  };
}

function thresholdsOf(model: ModelFacts | undefined): LeadPage['thresholds'] {
  return (model?.stages.moves ?? []).flatMap(({ to, when }) =>
    when.flatMap((one) => (one.kind === 'score' ? [{ stage: to, score: one.atLeast }] : [])),
  );
}

/** As `leadstream explain --json` prints it. */
export function explanationJson(explanation: Explanation): ExplainedScore {
  return {
    lead_id: explanation.lead_id,
    at: new Date(explanation.at).toISOString(),
    score: explanation.score,
    contributions: explanation.contributions.map(({ event_id, rule, model_version, occurred_at, raw, points }) => ({
      event_id,
      rule,
      model_version,
      occurred_at: new Date(occurred_at).toISOString(),
      raw,
      points,
    })),
  };
}
