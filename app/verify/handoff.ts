import type { Findings } from '#app/verify/compare';
import { type KeptRecord, readTopic } from '#app/verify/topic';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Log } from '#lib/flow/log';
import { mergeBySeq } from '#lib/flow/merge';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology } from '#lib/flow/topology';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';

/**
 * Checks lead.handoffs: each decision is what handoff decides on the input it names, in the order in which it was taken;
 * each input is settled once. For topics of one partition, as embedded: with more, a model may govern one partition's inputs
 * earlier than another's. Returns how many were checked.
 */
export async function verifyHandoff(
  topology: DeciderTopology,
  log: Log,
  findings: Findings,
  signal: AbortSignal,
): Promise<number> {
  const partitions = (topic: string) => log.partitions(topic);
  const table = new Overlay();
  const inputs = Array.from({ length: log.partitions(TOPICS.stages) }, (_, partition) =>
    readTopic<StageMessage>(log, { topic: TOPICS.stages, partition }, signal),
  );
  let checked = 0;

  /** What comes of the next input of a partition that is decided on at all; undefined: the partition is at its end. */
  async function nextDecision(partition: number): Promise<readonly unknown[] | undefined> {
    for (let next = await inputs[partition]?.next(); next?.done === false; next = await inputs[partition]?.next()) {
      const machine = new DeciderMachine(topology.decider, partitions, table);
      machine.decide(next.value, 0);
      if (machine.outputs.length > 0) return [...new Set(machine.outputs.map(({ value }) => value))];
    }
    return undefined;
  }

  for await (const record of decisions(log, topology, signal)) {
    if (findings.full) return checked;
    const partition = record.value.type === 'Handoff' ? record.value.value.input_partition : record.partition;
    const [again] = (await nextDecision(partition)) ?? [];
    findings.compare(`${TOPICS.handoffs}/${record.partition}`, `offset ${record.offset}`, record.value, again);
    const machine = new DeciderMachine(topology.decider, partitions, table);
    machine.evolve(record.value);
    table.apply(machine.changes());
    if (record.value.type === 'Handoff') checked++;
  }
  for (let partition = 0; partition < inputs.length; partition++) {
    const missing = await nextDecision(partition);
    if (missing !== undefined)
      findings.add(`${TOPICS.handoffs}/${partition}`, 'missing decision', undefined, missing[0]);
  }
  return checked;
}

async function* decisions(
  log: Log,
  topology: DeciderTopology,
  signal: AbortSignal,
): AsyncGenerator<KeptRecord<HandoffMessage>> {
  const bounded = await Promise.all(
    Array.from({ length: log.partitions(TOPICS.handoffs) }, async (_, partition) => {
      const place = { topic: TOPICS.handoffs, partition };
      return { reader: log.reader(place, 0), end: await log.end(place) };
    }),
  );
  let last = 0;
  try {
    for await (const record of mergeBySeq(bounded, topology.decider.seqOf, signal)) {
      const kept = record as KeptRecord<HandoffMessage>;
      const seq = topology.decider.seqOf(kept.value) ?? 0;
      if (seq !== last) yield kept;
      last = seq;
    }
  } finally {
    await Promise.all(bounded.map(({ reader }) => reader.close()));
  }
}
