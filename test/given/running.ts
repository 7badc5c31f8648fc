import { type Drive, drive } from '#lib/flow/drive';
import type { Topology } from '#lib/flow/topology';
import { readModel } from '#lib/model/files';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { T0 } from '#test/given/event';
import { submitted } from '#test/given/identify';

const files = await readModel('model');

/** Topologies in memory with the shipped model in force, after these events. */
export function running(topologies: readonly Topology[], events: readonly EventMessage[]): Drive {
  const driven = drive(topologies, () => 1);
  driven.publish(TOPICS.events, submitted(files), T0);
  for (const message of events) driven.publish(TOPICS.events, message, message.value.received_at);
  return driven;
}
