import { readTopic } from '#app/verify/topic';
import type { Log } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import {
  type ActivityMessage,
  type DeadLetterMessage,
  type HandoffMessage,
  type StageMessage,
  TOPICS,
} from '#schemas/topics';

/**
 * Where identify stopped: at the last event that one of its records answers. What it has decided on that event already it
 * knows again, as it knows a publisher's retry; whatever came after has left nothing behind.
 */
export async function positionOfIdentify(log: Log, signal: AbortSignal, onRecord: () => void): Promise<InputPosition> {
  let offset = 0;
  for (const place of partitionsOf(log, TOPICS.activity)) {
    for await (const { value } of readTopic<ActivityMessage>(log, place, signal)) {
      if ('input_offset' in value.value) offset = Math.max(offset, value.value.input_offset);
      onRecord();
    }
  }
  for await (const { value } of readTopic<DeadLetterMessage>(
    log,
    { topic: TOPICS.deadLetters, partition: 0 },
    signal,
  )) {
    const [topic, , refused] = value.value.origin.split(' ');
    if (topic === TOPICS.events && refused !== undefined) offset = Math.max(offset, Number(refused) + 1);
    onRecord();
  }
  return { topic: TOPICS.events, partition: 0, position: { offset, cursor: 0 } };
}

/**
 * Where handoff stopped in each partition of lead.stages: behind the last stage change that it handed over, and behind the
 * model in force. Stage changes after that, which led to no handoff then, are looked at again.
 */
export async function positionsOfHandoff(
  log: Log,
  signal: AbortSignal,
  onRecord: () => void,
): Promise<InputPosition[]> {
  const handed = new Map<number, number>();
  let inForce = { seq: 0, version: '' };
  for (const place of partitionsOf(log, TOPICS.handoffs)) {
    for await (const { value: message } of readTopic<HandoffMessage>(log, place, signal)) {
      const { value, type } = message;
      if (type === 'ModelApplied' && value.seq > inForce.seq)
        inForce = { seq: value.seq, version: value.model_version };
      if (type === 'Handoff') {
        handed.set(value.input_partition, Math.max(handed.get(value.input_partition) ?? 0, value.input_offset + 1));
      }
      onRecord();
    }
  }
  const positions: InputPosition[] = [];
  for (const place of partitionsOf(log, TOPICS.stages)) {
    let offset = handed.get(place.partition) ?? 0;
    for await (const { offset: at, value } of readTopic<StageMessage>(log, place, signal)) {
      if (value.type === 'ModelApplied' && value.value.model_version === inForce.version) {
        offset = Math.max(offset, at + 1);
      }
      onRecord();
    }
    positions.push({ ...place, position: { offset, cursor: 0 } });
  }
  return positions;
}

function partitionsOf(log: Log, topic: string) {
  return Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition }));
}
