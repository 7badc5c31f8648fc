import type {
  Activity,
  AddressesChanged,
  Cost,
  DeadLetter,
  Handoff,
  ImportBegun,
  ImportFinished,
  JoinAnswer,
  JoinAnswered,
  JoinClosed,
  JoinOpened,
  LeadEvent,
  Merged,
  ModelApplied,
  ModelSubmitted,
  MovedOut,
  OwnerPassed,
  Scored,
  Staged,
  Tick,
  Trigger,
  Watermark,
} from '#schemas/generated/records';

/** The one place that names the topics. */
export const TOPICS = {
  events: 'lead.events',
  activity: 'lead.activity',
  scores: 'lead.scores',
  stages: 'lead.stages',
  triggers: 'lead.triggers',
  joins: 'lead.joins',
  handoffs: 'lead.handoffs',
  deadLetters: 'lead.dead-letters',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/** A record with the name of its schema: what the value of a log record is, on every log. */
export interface Message<Type extends string, Value> {
  readonly type: Type;
  readonly value: Value;
}

export type EventMessage =
  | Message<'LeadEvent', LeadEvent>
  | Message<'ModelSubmitted', ModelSubmitted>
  | Message<'ImportBegun', ImportBegun>
  | Message<'ImportFinished', ImportFinished>;

/** Records for all leads: in every partition, passed on by every fold. */
export type BroadcastMessage =
  | Message<'Tick', Tick>
  | Message<'ModelApplied', ModelApplied>
  | Message<'Cost', Cost>
  | Message<'Watermark', Watermark>;

export type ActivityMessage =
  | Message<'Activity', Activity>
  | Message<'MovedOut', MovedOut>
  | Message<'Merged', Merged>
  | Message<'AddressesChanged', AddressesChanged>
  | Message<'JoinOpened', JoinOpened>
  | Message<'JoinAnswered', JoinAnswered>
  | Message<'JoinClosed', JoinClosed>
  | BroadcastMessage;

export type ScoreMessage = Message<'Scored', Scored> | BroadcastMessage;

export type StageMessage = Message<'Staged', Staged> | BroadcastMessage;

export type TriggerMessage = Message<'Trigger', Trigger>;

/** What was decided about a lead, for the one that it is joined with: identify reads it. */
export type JoinMessage = Message<'JoinAnswer', JoinAnswer>;

/** ModelApplied: from here on routing follows this model; its seq is a handoff_seq, the rest is as identify wrote it. */
export type HandoffMessage =
  | Message<'Handoff', Handoff>
  | Message<'OwnerPassed', OwnerPassed>
  | Message<'ModelApplied', ModelApplied>;

export type DeadLetterMessage = Message<'DeadLetter', DeadLetter>;

/** Every message that any topic carries. */
export type AnyMessage =
  | EventMessage
  | ActivityMessage
  | ScoreMessage
  | StageMessage
  | TriggerMessage
  | JoinMessage
  | HandoffMessage
  | DeadLetterMessage;

/** The records that each topic carries, by name. */
export const TOPIC_SCHEMAS = {
  'lead.events': ['LeadEvent', 'ModelSubmitted', 'ImportBegun', 'ImportFinished'],
  'lead.activity': [
    'Activity',
    'MovedOut',
    'Merged',
    'AddressesChanged',
    'JoinOpened',
    'JoinAnswered',
    'JoinClosed',
    'Tick',
    'ModelApplied',
    'Cost',
    'Watermark',
  ],
  'lead.scores': ['Scored', 'Tick', 'ModelApplied', 'Cost', 'Watermark'],
  'lead.stages': ['Staged', 'Tick', 'ModelApplied', 'Cost', 'Watermark'],
  'lead.triggers': ['Trigger'],
  'lead.joins': ['JoinAnswer'],
  'lead.handoffs': ['Handoff', 'OwnerPassed', 'ModelApplied'],
  'lead.dead-letters': ['DeadLetter'],
} as const satisfies { readonly [Name in Topic]: readonly AnyMessage['type'][] };
