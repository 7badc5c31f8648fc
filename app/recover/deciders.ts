import { readAny, readTopic } from '#app/verify/topic';
import { MOST_AHEAD } from '#lib/flow/decision-order';
import { type Log, Undecodable } from '#lib/flow/log';
import { partitionsOf } from '#lib/flow/partitions';
import type { InputPosition } from '#lib/flow/position';
import {
  type ActivityMessage,
  type DeadLetterMessage,
  type EventMessage,
  type HandoffMessage,
  type StageMessage,
  TOPICS,
} from '#schemas/topics';

const EVENTS = { topic: TOPICS.events, partition: 0 };

/**
 * Where identify stopped: at the first of the last events that no activity of its own answers. Others may have passed it, and
 * what was decided on them is known again, as a publisher's retry is. What it decides only in its turn (models, dead letters)
 * has nothing open before it. In lead.joins: behind the last answer that it has heard.
 */
export async function positionsOfIdentify(
  log: Log,
  signal: AbortSignal,
  onRecord: () => void,
): Promise<InputPosition[]> {
  const settled = new Settled();
  const heard = new Map<number, number>();
  for (const place of partitionsOf(log, TOPICS.activity)) {
    for await (const { value: message } of readTopic<ActivityMessage>(log, place, signal)) {
      const { type, value } = message;
      if (type === 'ModelApplied') settled.inTurn(value.input_offset);
      else if (type === 'Cost' || (type === 'Activity' && value.cause !== 'move')) settled.alone(value.input_offset);
      else if (type === 'JoinAnswered') heard.set(value.answer_partition, value.answer_offset + 1);
      else if (type !== 'Tick' && type !== 'Watermark') settled.reached(value.input_offset);
      onRecord();
    }
  }
  for await (const { value } of readTopic<DeadLetterMessage>(
    log,
    { topic: TOPICS.deadLetters, partition: 0 },
    signal,
  )) {
    const [topic, , refused] = value.value.origin.split(' ');
    if (topic === TOPICS.events && refused !== undefined) settled.inTurn(Number(refused));
    onRecord();
  }
  const offset = await afterLastInTurn(log, settled.next(), settled.last(), signal);
  const answers = partitionsOf(log, TOPICS.joins).map((place) => ({
    ...place,
    position: { offset: heard.get(place.partition) ?? 0, cursor: 0 },
  }));
  return [{ ...EVENTS, position: { offset, cursor: 0 } }, ...answers];
}

/** From a place on, behind the last input that nobody passes, if there is one before `last`, which has an answer. */
async function afterLastInTurn(log: Log, from: number, last: number, signal: AbortSignal): Promise<number> {
  let next = from;
  if (from >= last) return next;
  const begin = Math.max(from, await log.start(EVENTS));
  for await (const { offset, value } of readAny<EventMessage>(log, EVENTS, signal, begin)) {
    if (offset >= last) break;
    if (value instanceof Undecodable || (value.type === 'LeadEvent' && !value.value.own_time)) continue;
    next = offset + 1;
  }
  return next;
}

/** Offsets of inputs that are done with, told in any order. */
class Settled {
  /** All before this are. */
  #before = 0;
  #last = -1;
  readonly #alone = new Set<number>();

  /** An input has an answer, not necessarily the last. */
  reached(offset: number): void {
    this.#last = Math.max(this.#last, offset);
  }

  alone(offset: number): void {
    this.reached(offset);
    this.#alone.add(offset);
    if (this.#alone.size <= 2 * MOST_AHEAD) return;
    for (const one of this.#alone) if (one < this.#last - MOST_AHEAD) this.#alone.delete(one);
  }

  inTurn(offset: number): void {
    this.reached(offset);
    this.#before = Math.max(this.#before, offset + 1);
  }

  /** The last that has an answer, or what comes after it if there is no doubt that it is done with. */
  last(): number {
    return Math.max(this.#before, this.#last);
  }

  /** The first that may not be, where later ones may have passed it. */
  next(): number {
    for (let offset = Math.max(this.#before, this.#last - MOST_AHEAD); offset <= this.#last; offset++) {
      if (!this.#alone.has(offset)) return offset;
    }
    return this.#last + 1;
  }
}

/**
 * Where handoff stopped in each partition of lead.stages: behind the last stage change that it handed over, and behind the
 * model in force. Stage changes after that, which led to no handoff then, are looked at again, and lead to none.
 */
export async function positionsOfHandoff(
  log: Log,
  signal: AbortSignal,
  onRecord: () => void,
): Promise<InputPosition[]> {
  const handed = new Map<number, number>();
  let inForce = { seq: 0, submittedAt: -1 };
  for (const place of partitionsOf(log, TOPICS.handoffs)) {
    for await (const { value: message } of readTopic<HandoffMessage>(log, place, signal)) {
      const { value, type } = message;
      if (type === 'ModelApplied' && value.seq > inForce.seq)
        inForce = { seq: value.seq, submittedAt: value.input_offset };
      if (type !== 'ModelApplied') {
        handed.set(value.input_partition, Math.max(handed.get(value.input_partition) ?? 0, value.input_offset + 1));
      }
      onRecord();
    }
  }
  const positions: InputPosition[] = [];
  for (const place of partitionsOf(log, TOPICS.stages)) {
    let offset = handed.get(place.partition) ?? 0;
    for await (const { offset: at, value } of readTopic<StageMessage>(log, place, signal)) {
      if (value.type === 'ModelApplied' && value.value.input_offset === inForce.submittedAt) {
        offset = Math.max(offset, at + 1);
      }
      onRecord();
    }
    positions.push({ ...place, position: { offset, cursor: 0 } });
  }
  return positions;
}
