import type { Log, Outgoing } from '#lib/flow/log';
import type { Dead } from '#lib/flow/outcome';
import type { Clock, Hash } from '#lib/flow/ports';
import type { DeadLetterMessage } from '#schemas/topics';
import type { CallType } from '#services/collect/call';
import { deadLetterOf } from '#services/collect/dead-letter';
import { deadLetterRecord, eventRecord } from '#services/collect/messages';
import { createNormalise, type Reception, TOLERANCE } from '#services/collect/normalise';
import type { Client } from '#services/collect/personal';
import type { Source } from '#services/collect/source';

export interface IntakeDeps {
  readonly log: Pick<Log, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly hash: Hash;
  /** Event ids for calls without one. */
  readonly uuid: () => string;
}

/** A call as it came over HTTP. */
export interface Received {
  /** Where the address says it. */
  readonly type?: CallType;
  readonly value: unknown;
  readonly source: Source;
  readonly client: Client;
  /** http /v1/track */
  readonly origin: string;
  /** The bytes it came in, for the dead letters. */
  readonly original: () => Uint8Array;
}

export interface Intake {
  /**
   * Logs the good calls and dead-letters the bad. Resolves when all are durable, to what is wrong with each call
   * (undefined: nothing). Rejects with a retriable error in an outage: then nothing was acknowledged.
   */
  take(calls: readonly Received[]): Promise<readonly (Dead | undefined)[]>;
  /** Dead-letters what holds no calls at all. Resolves and rejects as `take`. */
  refuse(received: Received, dead: Dead): Promise<void>;
}

export function createIntake({ log, clock, hash, uuid }: IntakeDeps): Intake {
  const normalise = createNormalise(hash);

  function refusal(call: Received, dead: Dead, at: number): Outgoing<DeadLetterMessage> {
    return deadLetterRecord(
      deadLetterOf(hash, { ...call, publisher: call.source.name, dead, at, original: call.original() }),
    );
  }

  return {
    async take(calls) {
      const now = clock.now();
      const taken = calls.map((call) => {
        const outcome = normalise(call.value, receptionOf(call, now, uuid));
        if (outcome.kind === 'ok') return { record: eventRecord(outcome.value), fault: undefined };
        return { record: refusal(call, outcome, now), fault: outcome };
      });
      if (taken.length > 0) await log.publish(taken.map(({ record }) => record));
      return taken.map(({ fault }) => fault);
    },
    async refuse(received, dead) {
      await log.publish([refusal(received, dead, clock.now())]);
    },
  };
}

function receptionOf(call: Received, now: number, uuid: () => string): Reception {
  return {
    ...(call.type === undefined ? {} : { type: call.type }),
    publisher: call.source.name,
    may: (behaviour) => call.source.may(behaviour),
    client: call.client,
    importId: null,
    ownTime: false,
    unsaid: now,
    latest: now + TOLERANCE,
    present: now,
    received() {
      return now;
    },
    newId: uuid,
  };
}
