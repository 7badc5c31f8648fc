import { type Drive, drive } from '#lib/flow/drive';
import type { Topology } from '#lib/flow/topology';
import { readModel, versionOf } from '#lib/model/files';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { T0 } from '#test/given/event';

const files = await readModel('model');

/** Topologies in memory with the shipped model in force, after these events. */
export function running(topologies: readonly Topology[], events: readonly EventMessage[]): Drive {
  const driven = drive(topologies, () => 1);
  const model = { model_version: versionOf(files), files, received_at: T0, own_time: false, import_id: null };
  driven.publish(TOPICS.events, { type: 'ModelSubmitted', value: model }, T0);
  for (const message of events) driven.publish(TOPICS.events, message, message.value.received_at);
  return driven;
}
