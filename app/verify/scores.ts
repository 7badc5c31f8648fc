import { z } from 'zod';
import type { Findings } from '#app/verify/compare';
import type { ClickHouse } from '#lib/clickhouse/client';
import { sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import type { TableReader } from '#lib/flow/store';
import { type InForce, type Models, NO_MODEL } from '#lib/model/in-force';
import { explain } from '#services/score/explain';
import type { LeadScore } from '#services/score/state';

/** Place of the score fold in the chain of folds. */
const SCORE = 0;

/** Scores are rounded to 1e-9 by whoever tells them, each in its own way. */
const SAME = 1.5e-9;

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME;
}

const row = z.object({
  lead_id: z.string(),
  score: z.coerce.number(),
  at: z.coerce.number(),
  /** Nothing is to be said against it. */
  exact: z.coerce.number().transform((one) => one !== 0),
});

type Told = Omit<z.output<typeof row>, 'lead_id'>;

/**
 * The scores that analysts read of all leads, each for the time that stands beside it, against what explains them: neither
 * the records of lead.scores nor analyze takes part.
 */
export class ScoresOfNow {
  readonly #told: Map<string, Told>;
  readonly #models: Models;
  readonly #findings: Findings;
  #compared = 0;

  private constructor(rows: readonly z.output<typeof row>[], models: Models, findings: Findings) {
    this.#told = new Map(rows.map(({ lead_id, ...told }) => [lead_id, told]));
    this.#models = models;
    this.#findings = findings;
  }

  static async read(clickhouse: Pick<ClickHouse, 'rows'>, models: Models, findings: Findings): Promise<ScoresOfNow> {
    const sql = `SELECT lead_id, score, toUnixTimestamp64Milli(score_at) AS at, toUInt8(score_exact) AS exact FROM leads`;
    return new ScoresOfNow(z.array(row).parse(await clickhouse.rows(sql)), models, findings);
  }

  /** Compares those whose states are in a table of the score fold, recomputed from the log. */
  compare(table: TableReader): void {
    const inForce = (sharedState(table, SCORE) as InForce | undefined) ?? NO_MODEL;
    for (const [lead, { score, at, exact }] of this.#told) {
      const state = leadState(table, SCORE, lead) as LeadScore | undefined;
      if (state === undefined) continue;
      this.#told.delete(lead);
      this.#compared++;
      const explained = this.#explained(state, inForce, at);
      if (isSame(explained, score) || (!exact && this.#wasExplained(state, inForce, at, score))) continue;
      this.#add(lead, at, score, explained);
    }
  }

  #explained(state: LeadScore, inForce: InForce, at: number): number {
    return explain(state, inForce, this.#models, at).score;
  }

  /** Until the lead's next record a row says what the caps of an earlier model left, and that it is not exact. */
  #wasExplained(state: LeadScore, inForce: InForce, at: number, score: number): boolean {
    return Object.keys(inForce.files).some((current) =>
      isSame(this.#explained(state, { ...inForce, current }, at), score),
    );
  }

  /** Names what is in no table of the score fold, and returns how many were compared. */
  end(): number {
    for (const [lead, { score, at }] of this.#told) this.#add(lead, at, score, undefined);
    return this.#compared + this.#told.size;
  }

  #add(lead: string, at: number, stored: number, recomputed: number | undefined): void {
    this.#findings.add('score of leads', `${lead} at ${new Date(at).toISOString()}`, stored, recomputed);
  }
}
