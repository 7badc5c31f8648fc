import { findLead } from '#app/embedded/person';
import { leadItems, sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import type { Log } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import type { TableReader } from '#lib/flow/store';
import type { Task } from '#lib/flow/task';
import type { IdentityHash } from '#lib/identity/identity-hash';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import type { Scored } from '#schemas/generated/records';
import { type ScoreMessage, TOPICS } from '#schemas/topics';
import { curve, type ScoreAt } from '#services/score/curve';
import { type Explained, explain, explainPublished, NOTHING_EXPLAINED, publishedAt } from '#services/score/explain';
import { type Outlook, outlook } from '#services/score/outlook';
import { type LeadScore, NOTHING } from '#services/score/state';

/** Place of the score fold in the chain of folds. */
const SCORE = 0;

export interface LeadExplained extends Explained {
  readonly lead_id: string;
}

/** The tables it asks: of tasks at work here, or of copies that follow them. */
export interface ExplainerDeps {
  readonly log: Log;
  readonly compile: CompileModel;
  /** How identifiers are hashed. */
  readonly identity: IdentityHash;
  readonly identify: Pick<Task, 'name' | 'table'>;
  /** The score fold of each partition, alone or first in a chain. */
  readonly folds: readonly Pick<Task, 'name' | 'table'>[];
}

/** Answers why a lead has its score, from the tables that the score fold and identify have at hand. */
export interface Explainer {
  /** The present id of a lead; undefined: no such lead. */
  find(reference: string): string | undefined;
  /** As known now, at a time (ms). */
  explain(reference: string, at: number): LeadExplained | undefined;
  /** What the score will do from a time (ms) on if nothing happens that has not occurred by then. */
  outlook(reference: string, at: number): Outlook | undefined;
  /** The score over time as known now, and 30 days ahead of a time (ms). */
  curve(reference: string, at: number): readonly ScoreAt[];
  /** As published by a time (ms), of an id that was given up also what was published under it. Reads the log. */
  explainPublished(reference: string, at: number): Promise<LeadExplained | undefined>;
  /** The models seen so far, and the one in force. */
  inForce(): InForce;
  readonly models: Models;
}

export function createExplainer({ log, identify, folds, compile, identity }: ExplainerDeps): Explainer {
  const models = new Models(compile);
  const tables = () => folds.map((task) => open(task.table(), task.name));
  /** The table that holds a lead's score, as each lead is in one partition. */
  const tableOf = (lead: string) => tables().find((table) => leadState(table, SCORE, lead) !== undefined);
  const scoreOf = (lead: string) => {
    const table = tableOf(lead);
    return table && (leadState(table, SCORE, lead) as LeadScore);
  };
  const itemsOfLead = (lead: string) => {
    const table = tableOf(lead);
    return table && leadItems(table, SCORE, lead);
  };
  const inForce = () => (sharedState(open(folds[0]?.table(), 'score'), SCORE) as InForce | undefined) ?? NO_MODEL;
  const find = (reference: string) =>
    findLead(reference, open(identify.table(), identify.name), (lead) => scoreOf(lead) !== undefined, identity.hash);

  return {
    find,
    inForce,
    models,
    explain(reference, at) {
      const lead_id = find(reference);
      if (lead_id === undefined) return undefined;
      return { lead_id, ...explain(scoreOf(lead_id), inForce(), models, at, itemsOfLead(lead_id)) };
    },
    outlook(reference, at) {
      const lead_id = find(reference);
      if (lead_id === undefined) return undefined;
      const { matches, ...state } = scoreOf(lead_id) ?? NOTHING;
      const occurred = matches.filter((match) => match.at <= at);
      return outlook({ ...state, matches: occurred }, inForce(), models, at);
    },
    curve(reference, at) {
      const lead_id = find(reference);
      return lead_id === undefined ? [] : curve(scoreOf(lead_id), inForce(), models, at);
    },
    async explainPublished(reference, at) {
      const lead_id = find(reference);
      if (lead_id === undefined) return undefined;
      for (const id of [lead_id, reference]) {
        const explained = explainPublished(await publishedBy(log, id, at), inForce(), models);
        if (explained !== undefined) return { lead_id: id, ...explained };
      }
      return { lead_id, at, ...NOTHING_EXPLAINED };
    },
  };
}

async function publishedBy(log: Log, lead: string, at: number): Promise<Scored[]> {
  const found: Scored[] = [];
  for (let partition = 0; partition < log.partitions(TOPICS.scores); partition++) {
    const place = { topic: TOPICS.scores, partition };
    const reader = log.reader<ScoreMessage>(place, 0);
    try {
      const end = await log.end(place);
      for await (const { key, value } of recordsOf({ reader, end }, new AbortController().signal)) {
        if (key !== lead) continue;
        const message = value as ScoreMessage;
        if (message.type === 'Scored' && publishedAt(message.value) <= at) found.push(message.value);
      }
    } finally {
      await reader.close();
    }
  }
  return found;
}

function open(table: TableReader | undefined, name: string): TableReader {
  if (table === undefined) throw new Error(`${name} is not ready yet; try again in a moment`);
  return table;
}
