import type { Stamp } from '#lib/agents/port';
import { createStamp } from '#lib/agents/stamps';
import type { Concern, Decided } from '#lib/flow/decider';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { Hash } from '#lib/flow/ports';
import { readable } from '#lib/flow/readable';
import { type DeciderTopology, deciderTopology } from '#lib/flow/topology';
import { remembered } from '#lib/hash/remembered';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { CurrentModel } from '#services/identify/current-model';
import {
  concern,
  decide,
  hear,
  type IdentifyInput,
  type IdentifyOutput,
  tick,
  watermark,
} from '#services/identify/decide';
import { evolve, type Numbered } from '#services/identify/evolve';
import { identifier, type Kind } from '#services/identify/identifier';

export interface IdentifyTopologyOptions {
  readonly hash: Hash;
  /** How identifiers are hashed: by `hash` unless told, without a key. */
  readonly identity?: IdentityHash;
  /** Judges the models that are submitted; the one in force names the company's own networks. */
  readonly compile: CompileModel;
  /** How events are stamped: by the lists of this version of Leadstream unless told. */
  readonly stamp?: Stamp;
  /** Partitions of lead.activity. */
  readonly partitions: number;
  /** Time between two ticks, ms; while an import brings its own time, of that time. */
  readonly tickEvery: number;
  readonly importTickEvery: number;
  /** Between two ticks at most, where nothing else comes, ms; `tickEvery` unless told. */
  readonly idleTickEvery?: number;
  /** Whether time stands still while nothing live comes: before the first record, and after an import's own time. */
  readonly standsStill?: boolean;
  /** Moves of one decision at most, 100 unless told: a long history moves in several. */
  readonly movesAtOnce?: number;
  /** Activities kept of an identifier, 10,000 unless told: the newest by occurred_at. */
  readonly kept?: number;
  /** Events let go whose retries are known all the same, 100,000 unless told: the last. */
  readonly known?: number;
}

/** The people of the hour are named again and again; their pseudonyms are kept at hand, in memory only. */
const AT_HAND = { size: 5000, longest: 100 };

/** identify: lead.events and lead.joins → lead.activity, the decider that numbers and dates everything. */
export function createIdentifyTopology(options: IdentifyTopologyOptions): DeciderTopology {
  const { hash, tickEvery, idleTickEvery = tickEvery, standsStill = false } = options;
  const { identity = { hash, key: null } } = options;
  const pseudonymsOf = (kind: Kind) => remembered((value) => identifier(kind, value, identity.hash), AT_HAND);
  const pseudonyms = {
    user: pseudonymsOf('user'),
    email: pseudonymsOf('email'),
    anonymous: pseudonymsOf('anonymous'),
  };
  const { movesAtOnce = 100, kept = 10_000, known = 100_000, stamp = createStamp() } = options;
  const named = { pseudonyms, identityKey: identity.key };
  const deciding = { ...options, ...named, movesAtOnce, stamp, model: new CurrentModel(options.compile) };
  const ticking = { tickEvery, idleTickEvery, standsStill, identityKey: identity.key };
  const keeping = { hash, kept, known };
  return deciderTopology<IdentifyInput, IdentifyOutput>({
    service: 'identify',
    inputs: [TOPICS.events, TOPICS.joins],
    answers: [TOPICS.joins],
    outputs: [TOPICS.activity],
    sideOutputs: [TOPICS.deadLetters],
    stateVersion: 6,
    decider: {
      name: 'identify',
      decide(state, input, now) {
        const { value } = input;
        if (value instanceof Undecodable) return { records: refused(input, value, now, hash), done: true };
        return value.type === 'JoinAnswer'
          ? hear(state, input, value.value, deciding)
          : decide(state, input, value, now, deciding);
      },
      concern: (state, input, now) =>
        input.value instanceof Undecodable || input.value.type === 'JoinAnswer'
          ? NOBODY
          : concern(state, input, input.value, now, deciding),
      tick: (state, now) => tick(state, now, ticking),
      // One partition is always complete.
      ...(options.partitions > 1 ? { idle: watermark } : {}),
      evolve: (state, record) => (isNumbered(record) ? evolve(state, record, keeping) : []),
      seqOf: (record) => (isNumbered(record) ? record.value.seq : undefined),
      undecodable: (input, value, now) => refused(input, value, now, hash),
    },
  });
}

/** Dead letters and watermarks are no part of the state. */
function isNumbered(record: IdentifyOutput): record is Numbered {
  return record.type !== 'DeadLetter' && record.type !== 'Watermark';
}

/** A dead letter. */
const NOBODY: Concern = { keys: new Set(), inTurn: true };

/** The reason of a dead letter that holds a record which no schema could read when it came. */
export const UNDECODABLE = 'undecodable';

function refused(
  input: LogRecord<IdentifyInput>,
  value: Undecodable,
  now: number,
  hash: Hash,
): Decided<IdentifyOutput>[] {
  const { topic, partition, offset } = input;
  // Leadstream alone writes there: it is no publisher's mistake.
  if (topic === TOPICS.joins) readable(input);
  return [
    {
      topic: TOPICS.deadLetters,
      partition: 0,
      key: null,
      value: {
        type: 'DeadLetter',
        value: {
          dead_letter_id: hash(JSON.stringify([topic, partition, offset])).slice(0, 20),
          at: now,
          reason: UNDECODABLE,
          detail: value.reason,
          origin: `${topic} ${partition} ${offset}`,
          publisher: '',
          event_id: null,
          original: value.bytes,
        },
      },
    },
  ];
}
