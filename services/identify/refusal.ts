import { eventKey } from '#lib/flow/event-key';
import { type Dead, type Drop, dead, drop } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { ENGINES, engineOf } from '#lib/model/engine';
import type { CompileModel } from '#lib/model/model';
import type { LeadEvent, ModelSubmitted } from '#schemas/generated/records';
import type { Told } from '#services/identify/activity';
import { seenOf } from '#services/identify/state';
import { EARLIEST, isTime } from '#services/identify/times';

/** Why an event gets no place in the log; undefined: it gets one. The last word, also on what publishers write directly. */
export function refusal(
  state: TableReader,
  event: Told,
  identifiers: readonly string[],
  hash: Hash,
): Dead | Drop | undefined {
  if (identifiers.length === 0) {
    return dead('missing_field', 'the event names no userId, email or anonymousId');
  }
  return refusalOfPlace(state, event, hash);
}

/** The same for what is about nobody. */
export function refusalOfPlace(state: TableReader, event: Told, hash: Hash): Dead | Drop | undefined {
  if (!isTime(event.occurred_at)) {
    return dead(
      'invalid_time',
      `the event says it occurred at ${event.occurred_at}, which is no time in ms since 1970`,
    );
  }
  if (event.occurred_at < EARLIEST) {
    return dead(
      'before_2000',
      `the event says it occurred on ${event.occurred_at} ms since 1970, before the year 2000`,
    );
  }
  const seen = seenOf(state, eventKey(event, hash));
  if (seen === undefined) return undefined;
  if (seen === event.content_hash) return drop('retry');
  return dead(
    'conflicting_content',
    `event id ${event.event_id} came before with other content; give each event its own id`,
  );
}

/** Why a model does not come into force; undefined: it does. */
export function refusalOfModel({ model_version, files }: ModelSubmitted, compile: CompileModel): Dead | undefined {
  const engine = engineOf(files);
  if (engine !== 0 && !ENGINES.includes(engine)) {
    return dead(
      'unknown_engine',
      `scoring.yaml asks for engine ${engine}, which this version of Leadstream does not know; write engine: ${ENGINES.join(' or ')}, or upgrade Leadstream`,
    );
  }
  const compiled = compile(files);
  if (!compiled.ok) {
    const [fault] = compiled.faults;
    return dead('invalid_model', `${fault?.file}:${fault?.line}: ${fault?.problem}; ${fault?.remedy}`);
  }
  if (compiled.model.version === model_version) return undefined;
  return dead(
    'invalid_model',
    `${model_version} is not the version of these files, which is ${compiled.model.version}`,
  );
}

/** The event with what tells a retry from another event of the same id: its publisher's own hash, else one of the record. */
export function withContentHash(event: LeadEvent, hash: Hash): LeadEvent {
  if (event.content_hash !== '') return event;
  const { received_at: _received, import_id: _import, own_time: _own, clamped, occurred_at, ...sent } = event;
  return { ...event, content_hash: hash(JSON.stringify([clamped ? null : occurred_at, sent])).slice(0, 20) };
}
