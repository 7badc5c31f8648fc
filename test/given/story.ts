import type { ModelFiles } from '#lib/model/model';
import type { Handoff, Trigger } from '#schemas/generated/records';
import { collected, lived } from '#test/given/lines';
import { NOTHING_TOLD, type Outcome, outcomeOf } from '#test/given/outcome';
import type { LeadFacts } from '#test/oracle/facts';
import { nameOf } from '#test/oracle/reported';

/** 2 March 2026, 09:00 UTC: when stories begin. */
const BEGINNING = Date.UTC(2026, 2, 2, 9);

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Fields = Readonly<Record<string, unknown>>;

/** A call in Segment's shape, and when it happened, ms after the beginning. */
export interface Call {
  readonly at: number;
  readonly call: Fields;
}

export interface Who {
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly email?: string;
}

let calls = 0;

/** Somebody says who they are. */
export function ident(at: number, userId: string, traits: Fields, more: Fields = {}): Call {
  return { at, call: { type: 'identify', messageId: `story-${++calls}`, userId, traits, ...more } };
}

/** Somebody does something. */
export function track(at: number, event: string, { email, ...ids }: Who, properties: Fields = {}): Call {
  const traits = email === undefined ? {} : { context: { traits: { email } } };
  return { at, call: { type: 'track', messageId: `story-${++calls}`, event, ...ids, properties, ...traits } };
}

/** A lead's decisions and facts in the end. */
export interface LeadStory {
  readonly lead: string;
  readonly facts: LeadFacts;
  /** Each as `rule: from → to`. */
  readonly moves: readonly string[];
  readonly triggers: readonly Trigger[];
  readonly handoffs: readonly Handoff[];
  /** Score so many ms after the beginning. */
  scoreAt(ms: number): number;
}

export interface Story {
  readonly outcome: Outcome;
  /** The lead to whom the event of a call belongs in the end. */
  of(call: Call): LeadStory;
}

/**
 * All services over calls in the order in which they are reported: each when it happens, or, if a later one was reported before,
 * a minute after that. Then time passes until `until`, ms after the beginning.
 */
export async function story(
  reported: readonly Call[],
  until: number,
  files?: ModelFiles,
  partitions = 1,
): Promise<Story> {
  let arrived = BEGINNING;
  const lines = reported.map(({ at, call }) => {
    arrived = Math.max(arrived + 60_000, BEGINNING + at);
    return { arrived, text: JSON.stringify({ ...call, timestamp: new Date(BEGINNING + at).toISOString() }) };
  });
  const events = await collected(lines);
  const lives = files === undefined ? { partitions } : { partitions, files };
  const outcome = outcomeOf(lived(events, BEGINNING + until, lives), partitions);
  const sourceOf = new Map(
    events.flatMap(({ type, value }) => (type === 'LeadEvent' ? [[value.event_id, value]] : [])),
  );
  return {
    outcome,
    of({ call }) {
      const event = sourceOf.get(String(call.messageId));
      const lead = outcome.owners.get(nameOf({ source: event?.publisher ?? '', id: event?.event_id ?? '' }));
      if (lead === undefined) throw new Error(`${call.messageId} is nobody's`);
      return {
        lead,
        facts: outcome.facts.get(lead) ?? NOTHING_TOLD,
        moves: outcome.moves.flatMap((one) =>
          one.lead === lead ? [`${one.rule}: ${one.from_stage} → ${one.to_stage}`] : [],
        ),
        triggers: outcome.triggers.filter(({ lead_id }) => lead_id === lead),
        handoffs: outcome.handoffs.filter(({ lead_id }) => lead_id === lead),
        scoreAt: (ms) => outcome.scoreAt(lead, BEGINNING + ms),
      };
    },
  };
}

/** Each step with why it was not sent, if it was not. */
export function stepsOf(triggers: readonly Trigger[]): readonly string[] {
  return triggers.map(({ step, suppressed_by: why }) => (why === null ? step : `${step} (${why})`));
}

export const WHITE_PAPER = { asset_type: 'white_paper' };
