import type { Findings } from '#app/verify/compare';
import { type Decision, decisionsOf } from '#app/verify/handoff-decisions';
import { HandoffInputs } from '#app/verify/handoff-inputs';
import { Routings } from '#app/verify/routings';
import { readTopic } from '#app/verify/topic';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Log } from '#lib/flow/log';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology } from '#lib/flow/topology';
import { type StageMessage, TOPICS } from '#schemas/topics';

/**
 * Checks lead.handoffs, decision by decision in the order in which they were taken: each is what handoff decides on the input
 * that it names, in the state that all decisions before it give; no input is settled twice or passed over; each model is
 * there once, as some partition of lead.stages brings it that handoff can have read so far by then, and before any
 * decision on what stands behind it. Returns how many handoffs were checked.
 *
 * What the log cannot tell: of an input without a handoff, when it was read. Where a model that another partition has
 * brought changes what it leads to, either is right.
 */
export async function verifyHandoff(
  topology: DeciderTopology,
  log: Log,
  findings: Findings,
  signal: AbortSignal,
): Promise<number> {
  const partitions = (topic: string) => log.partitions(topic);
  const table = new Overlay();
  const routings = new Routings(topology.decider, partitions, findings);
  const inputs = Array.from(
    { length: log.partitions(TOPICS.stages) },
    (_, partition) =>
      new HandoffInputs(
        readTopic<StageMessage>(log, { topic: TOPICS.stages, partition }, signal),
        partition,
        routings,
        findings,
      ),
  );
  let checked = 0;

  function fold(decision: Decision): void {
    const machine = new DeciderMachine(topology.decider, partitions, table);
    machine.evolve(decision.value);
    table.apply(machine.changes());
  }

  for await (const decision of decisionsOf(topology, log, findings, signal)) {
    if (findings.full) return checked;
    const { where, name, value } = decision;
    if (value.type === 'ModelApplied') {
      routings.brought(value, name, table, inputs.length);
      fold(decision);
      routings.governs(value, table);
      continue;
    }
    const { input_partition, input_offset } = value.value;
    const input = await inputs[input_partition]?.take(input_offset);
    const [again] = input === undefined ? [] : routings.decide(input, table);
    findings.compare(where, name, value, again);
    fold(decision);
    checked++;
  }
  for (const rest of inputs) await rest.end();
  routings.end();
  return checked;
}
