import { type Drive, drive } from '#lib/flow/drive';
import { leadItems, sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import { sha256 } from '#lib/hash/sha256';
import { capsText } from '#lib/model/caps-in-force';
import { COUNTS_FOR } from '#lib/model/counts-for';
import { USUAL_IDENTITY } from '#lib/model/identity';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model, Scoring, ScoringRule, StageLadder } from '#lib/model/model';
import type { Activity, Facts, Scored, Seen } from '#schemas/generated/records';
import { type ScoreMessage, TOPICS } from '#schemas/topics';
import { type Explained, explain } from '#services/score/explain';
import { factsOf } from '#services/score/lead-facts';
import { type Outlook, outlook } from '#services/score/outlook';
import { seenOf } from '#services/score/seen';
import { type LeadScore, NOTHING } from '#services/score/state';
import { createScoreTopology } from '#services/score/topology';
import { activity, NOON } from '#test/given/activity';

export const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** A scoring model as a test says it; what is left out is as in a file that leaves it out. */
export interface GivenModel {
  readonly engine?: number;
  readonly rules: readonly (Pick<ScoringRule, 'id'> & Partial<ScoringRule>)[];
  readonly groups?: Readonly<Record<string, number>>;
  readonly cap?: number;
  readonly grading?: Scoring['grading'];
  readonly excludes?: Scoring['excludes'];
  readonly thresholds?: readonly number[];
  readonly moves?: StageLadder['moves'];
  readonly isOwn?: StageLadder['isOwn'];
}

export function ruleOf(given: GivenModel['rules'][number]): ScoringRule {
  return {
    on: given.id,
    points: 10,
    disqualifies: undefined,
    halfLife: 30 * DAY,
    expiresAfter: COUNTS_FOR,
    group: undefined,
    cap: Infinity,
    perDay: Infinity,
    matches: () => true,
    oncePer: undefined,
    absence: undefined,
    ...given,
  };
}

export function scoringOf({ rules: given, groups = {}, cap = Infinity, grading, excludes }: GivenModel): Scoring {
  const rules = given.map(ruleOf);
  const hasCaps = [cap, ...Object.values(groups), ...rules.map((rule) => rule.cap)].some((one) => one !== Infinity);
  return {
    rules,
    rulesFor: (name) => rules.filter(({ on }) => on === name),
    rule: (id) => rules.find((rule) => rule.id === id),
    answersFor: (name) => rules.filter(({ absence }) => absence?.answeredBy.has(name) === true),
    groupCap: (group) => groups[group] ?? Infinity,
    cap,
    hasCaps,
    caps: capsText({ rules, cap, hasCaps }, new Map(Object.entries(groups))),
    excludes: excludes ?? (() => undefined),
    isInternal: () => false,
    grading,
  };
}

function modelOf(version: string, given: GivenModel): Model {
  const { engine = 4, thresholds = [], moves = [], isOwn = () => true } = given;
  return {
    version,
    engine,
    scoring: scoringOf(given),
    stages: { initial: 'visitor', ladder: [], beside: [], moves, isOwn, thresholds, patience: new Map() },
    programs: [],
    routing: { onStage: '', reason: '', reps: [] },
    identity: USUAL_IDENTITY,
  };
}

/** One lead called ada, and the score fold at work on what it does. */
export interface GivenScore {
  readonly drive: Drive;
  /** Puts a model in force. */
  apply(model: GivenModel): void;
  /** Activities, each logged when it occurred unless it says otherwise; ids are e1, e2 … unless told. */
  does(...activities: readonly Partial<Activity>[]): void;
  movesOut(activity: Partial<Activity>): void;
  /** From here on these mail addresses, as identifiers, are the lead's. */
  owns(...addresses: readonly string[]): void;
  tick(at: number): void;
  scored(): readonly Scored[];
  state(): LeadScore | undefined;
  /** What is true now, and what was done. */
  facts(): { readonly facts: Facts; readonly seen: Seen };
  /** As known now. */
  explain(at: number): Explained;
  outlook(at: number): Outlook;
  readonly inForce: () => InForce;
  readonly models: Models;
}

/** `kept`: activities kept of an identifier; 10,000 unless told. */
export function givenScore(first: GivenModel, kept?: number): GivenScore {
  const known = new Map<string, GivenModel>();
  const compile: CompileModel = (files) => {
    const version = files.version ?? '';
    return { ok: true, model: modelOf(version, known.get(version) ?? first) };
  };
  const driven = drive(
    [createScoreTopology({ compile, hash: sha256, ...(kept === undefined ? {} : { kept }) })],
    () => 1,
  );
  const models = new Models(compile);
  let seq = 0;
  let ids = 0;
  let now = NOON;
  const publish = (type: string, value: object, at: number) => {
    now = Math.max(now, at);
    driven.publish(TOPICS.activity, { type, value: { ...value, seq: ++seq, logged_at: now } }, now);
  };
  const table = () => driven.table('score', 0);
  const state = () => leadState(table(), 0, 'ada') as LeadScore | undefined;
  const inForce = () => (sharedState(table(), 0) as InForce | undefined) ?? NO_MODEL;
  const score: GivenScore = {
    drive: driven,
    apply(model) {
      const version = `v${known.size + 1}`;
      known.set(version, model);
      publish('ModelApplied', { model_version: version, files: { version }, input_offset: 0, own_time: false }, now);
    },
    does(...activities) {
      for (const one of activities) {
        const full = activity({ event_id: `e${++ids}`, ...one });
        publish('Activity', full, full.logged_at);
      }
    },
    movesOut(one) {
      const { lead_id, event_id, publisher, name, occurred_at } = activity(one);
      const moved = { lead_id, event_id, publisher, name, occurred_at };
      publish('MovedOut', { ...moved, to_lead_id: 'bob', cause_event_id: 'c', input_offset: 0 }, now);
    },
    owns: (...addresses) =>
      publish('AddressesChanged', { lead_id: 'ada', addresses, cause_event_id: 'c', input_offset: 0 }, now),
    tick: (at) => publish('Tick', { own_time: false }, at),
    scored: () =>
      driven
        .records(TOPICS.scores)
        .map(({ value }) => value as ScoreMessage)
        .flatMap((message) => (message.type === 'Scored' ? [message.value] : [])),
    state,
    facts: () => {
      const { facts } = state() ?? NOTHING;
      return { facts: factsOf(facts, now), seen: seenOf(facts.seen) };
    },
    explain: (at) => explain(state(), inForce(), models, at, leadItems(table(), 0, 'ada')),
    outlook: (at) => outlook(state(), inForce(), models, at),
    inForce,
    models,
  };
  score.apply(first);
  return score;
}
