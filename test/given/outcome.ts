import type { Drive } from '#lib/flow/drive';
import { sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { Facts, Handoff, Scored, Staged, StageMove, Touch, Trigger } from '#schemas/generated/records';
import { type ActivityMessage, type AnyMessage, TOPICS, type Topic } from '#schemas/topics';
import { explain } from '#services/score/explain';
import type { LeadScore } from '#services/score/state';
import { inSeq } from '#test/given/batch/in-seq';
import { compile } from '#test/given/lines';
import type { LeadFacts, OracleTouch } from '#test/oracle/facts';
import { nameOf } from '#test/oracle/reported';

const models = new Models(compile);

/** What all services made of events, as a reader of the topics sees it. */
export interface Outcome {
  /** Name of the event → whose it is at the end, and whose it was when it came. */
  readonly owners: ReadonlyMap<string, string>;
  readonly ownersThen: ReadonlyMap<string, string>;
  /** The last word of each lead's records on what is true of it. */
  readonly facts: ReadonlyMap<string, LeadFacts>;
  readonly staged: readonly Staged[];
  readonly moves: readonly (StageMove & { readonly lead: string })[];
  readonly triggers: readonly Trigger[];
  readonly handoffs: readonly Handoff[];
  /** As known at the end. */
  scoreAt(lead: string, at: number): number;
}

export function outcomeOf(running: Drive, partitions = 1): Outcome {
  const activity = inSeq(running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage));
  const came = activity.flatMap(({ type, value }) =>
    type === 'Activity' ? [[nameOf({ source: value.publisher, id: value.event_id }), value.lead_id] as const] : [],
  );
  const staged = valuesOf(running, TOPICS.stages, 'Staged');
  return {
    owners: new Map(came),
    ownersThen: new Map(came.toReversed()),
    facts: factsIn(valuesOf(running, TOPICS.scores, 'Scored')),
    staged,
    moves: staged.flatMap(({ lead_id, moves }) => moves.map((move) => ({ ...move, lead: lead_id }))),
    triggers: valuesOf(running, TOPICS.triggers, 'Trigger'),
    handoffs: valuesOf(running, TOPICS.handoffs, 'Handoff'),
    scoreAt(lead, at) {
      for (let partition = 0; partition < partitions; partition++) {
        const table = running.table('score', partition);
        const state = leadState(table, 0, lead) as LeadScore | undefined;
        const inForce = (sharedState(table, 0) as InForce | undefined) ?? NO_MODEL;
        if (state !== undefined) return explain(state, inForce, models, at).score;
      }
      return 0;
    },
  };
}

/** Carried by a record where they differ from the lead's previous ones; a lead that was merged away has none. */
export function factsIn(scored: readonly Scored[]): ReadonlyMap<string, LeadFacts> {
  const facts = new Map<string, LeadFacts>();
  for (const one of scored) {
    if (one.cause === 'merged') facts.delete(one.lead_id);
    else if (one.facts !== null) facts.set(one.lead_id, readFacts(one.facts));
  }
  return facts;
}

/** What is told of one of whom nothing was ever said: its first record differs from nothing by nothing. */
export const NOTHING_TOLD: LeadFacts = {
  email: null,
  user: null,
  device: null,
  traits: {},
  closed: null,
  consents: [],
  firstTouch: null,
  lastTouch: null,
};

/** Facts as they are compared. */
export function readFacts({ personal, address_closed, consents, first_touch, last_touch }: Facts): LeadFacts {
  return {
    email: personal.email,
    user: personal.user_id,
    device: personal.anonymous_id,
    traits: JSON.parse(personal.traits),
    closed: address_closed as LeadFacts['closed'],
    consents: consents.map(({ channel, topic, open }) => ({ channel, topic, open })),
    firstTouch: readTouch(first_touch),
    lastTouch: readTouch(last_touch),
  };
}

function readTouch(touch: Touch | null): OracleTouch | null {
  return touch === null ? null : { ...touch };
}

type ValueOf<Type extends AnyMessage['type']> = Extract<AnyMessage, { readonly type: Type }>['value'];

/** The records of a topic that are of one type, partition by partition. */
export function valuesOf<Type extends AnyMessage['type']>(
  running: Drive,
  topic: Topic,
  type: Type,
): readonly ValueOf<Type>[] {
  return running.records(topic).flatMap(({ value }) => {
    const message = value as AnyMessage;
    return message.type === type ? [message.value as ValueOf<Type>] : [];
  });
}
