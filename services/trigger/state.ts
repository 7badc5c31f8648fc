import { areSameFacts, NO_FACTS } from '#lib/facts/facts';
import type { Held } from '#lib/model/held';
import type { Facts } from '#schemas/generated/records';

/** What trigger remembers of a lead. Visitors are never remembered: their activities move to the lead they become. */
export interface TriggerState extends Held {
  /** When the lead last entered each program, ms since 1970 UTC. */
  readonly entered: { readonly [program: string]: number };
  /** The same of others that are this lead now, until one of them is parted again; undefined: none. */
  readonly joinedEntries?: { readonly [program: string]: number } | undefined;
  /** Recent matching activities of the programs that count them. */
  readonly windows: readonly CountWindow[];
  /** As last published: score says what is true of a lead, and nothing of it is derived here. */
  readonly facts: Facts;
  /** Mails of programs that came along from other owners; undefined: none. In order of (occurredAt, id). */
  readonly sends?: readonly Send[] | undefined;
  /** Mails of programs that were sent to this lead, the last hundred, in the same order; undefined: none. */
  readonly sent?: readonly Send[] | undefined;
  /** Kept only while the lead is in a program. */
  readonly running: Running | null;
}

export interface Running {
  readonly stage: string;
  /** In order of entry, at most one per program. */
  readonly enrolments: readonly Enrolment[];
}

/** A lead on its way through a program, as the model had it on entry. */
export interface Enrolment {
  readonly program: string;
  readonly modelVersion: string;
  /** Time that the entry bears; steps are due from here. ms since 1970 UTC. */
  readonly enteredAt: number;
  /** The event id, or rule and due time, that led in. */
  readonly causeId: string;
  /** Tells that from all else that happens to the lead. */
  readonly occasion: string;
  /** True: its steps are recorded, not sent. */
  readonly historic: boolean;
  /** Index of the next step. */
  readonly next: number;
  /** When that step is due, ms since 1970 UTC. */
  readonly dueAt: number;
}

export interface CountWindow {
  readonly program: string;
  /** Behaviour that is counted: an edited entry starts anew. */
  readonly name: string;
  /** Logged time after which no live activity can count these any more, ms since 1970 UTC. */
  readonly until: number;
  /** In order of (occurredAt, id). */
  readonly occurrences: readonly Occurrence[];
}

export interface Occurrence {
  /** Publisher and event id. */
  readonly id: string;
  /** ms since 1970 UTC */
  readonly occurredAt: number;
}

/** A mail of a program that was sent. */
export interface Send extends Occurrence {
  readonly program: string;
  readonly step: string;
  /** Address that it went to; absent: whichever the person had. */
  readonly to?: string;
  /** It was sent to another that is this lead now: it counts whichever address the person has, until they are parted. */
  readonly joined?: true;
}

export const NOTHING: TriggerState = { entered: {}, windows: [], facts: NO_FACTS, running: null };

const NO_SENDS: readonly Send[] = [];

/** undefined where nothing is left to remember; `before` itself where nothing changed, so that nothing is written. */
export function kept(before: TriggerState | undefined, after: TriggerState): TriggerState | undefined {
  const { entered, joinedEntries, windows, facts, sends = NO_SENDS, sent = NO_SENDS, joining, closed } = after;
  const running = after.running?.enrolments.length === 0 ? null : after.running;
  const unchanged =
    before?.running === running &&
    before.entered === entered &&
    before.joinedEntries === joinedEntries &&
    before.windows === windows &&
    before.facts === facts &&
    (before.sends ?? NO_SENDS) === sends &&
    (before.sent ?? NO_SENDS) === sent &&
    before.joining === joining &&
    before.closed === closed;
  if (unchanged) return before;
  const entries = Object.keys(entered).length + Object.keys(joinedEntries ?? {}).length;
  const remembered = windows.length + sends.length + sent.length + (joining ?? 0) + entries;
  // What a store gives back is equal and not the same object.
  if (running === null && remembered === 0 && areSameFacts(facts, NO_FACTS)) return undefined;
  const state = { entered, windows, facts, running };
  if (sends.length + sent.length === 0 && joining === undefined && closed === undefined && joinedEntries === undefined)
    return state;
  return {
    ...state,
    ...(joinedEntries === undefined ? {} : { joinedEntries }),
    ...(sends.length === 0 ? {} : { sends }),
    ...(sent.length === 0 ? {} : { sent }),
    ...(joining === undefined ? {} : { joining }),
    ...(closed === undefined ? {} : { closed }),
  };
}

/**
 * When the lead must be looked at again: a step is due, or a window can be forgotten; not before `earliest`. ms since 1970 UTC.
 */
export function nextWake(state: TriggerState | undefined, earliest = -Infinity): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { dueAt } of state?.running?.enrolments ?? []) next = Math.min(next, dueAt);
  for (const { until } of state?.windows ?? []) next = Math.min(next, until);
  return next === Number.POSITIVE_INFINITY ? undefined : Math.max(next, earliest);
}
