import type { Findings } from '#app/verify/compare';
import type { KeptRecord } from '#app/verify/topic';
import type { Log } from '#lib/flow/log';
import { mergeBySeq } from '#lib/flow/merge';
import type { DeciderTopology } from '#lib/flow/topology';
import { type HandoffMessage, TOPICS } from '#schemas/topics';

/** A decision of handoff, and where it stands first. */
export interface Decision {
  readonly value: HandoffMessage;
  /** lead.handoffs/0 */
  readonly where: string;
  /** offset 17 */
  readonly name: string;
}

/** All of lead.handoffs in the order of seq, each once; a handoff is in its input's partition, a model the same in all. */
export async function* decisionsOf(
  topology: DeciderTopology,
  log: Log,
  findings: Findings,
  signal: AbortSignal,
): AsyncGenerator<Decision> {
  const count = log.partitions(TOPICS.handoffs);
  const bounded = await Promise.all(
    Array.from({ length: count }, async (_, partition) => {
      const place = { topic: TOPICS.handoffs, partition };
      return { reader: log.reader(place, 0), end: await log.end(place) };
    }),
  );
  let copies: KeptRecord<HandoffMessage>[] = [];
  try {
    for await (const record of mergeBySeq(bounded, topology.decider.seqOf, signal)) {
      const kept = record as KeptRecord<HandoffMessage>;
      const [first] = copies;
      if (first !== undefined && topology.decider.seqOf(first.value) !== topology.decider.seqOf(kept.value)) {
        yield decisionOf(first, copies, count, findings);
        copies = [];
      }
      copies.push(kept);
    }
    const [last] = copies;
    if (last !== undefined) yield decisionOf(last, copies, count, findings);
  } finally {
    await Promise.all(bounded.map(({ reader }) => reader.close()));
  }
}

function decisionOf(
  { value, partition, offset }: KeptRecord<HandoffMessage>,
  copies: readonly KeptRecord<HandoffMessage>[],
  count: number,
  findings: Findings,
): Decision {
  const where = `${TOPICS.handoffs}/${partition}`;
  const name = `offset ${offset}`;
  const stands = copies.map((copy) => copy.partition).toSorted((a, b) => a - b);
  const belongs =
    value.type === 'Handoff' ? [value.value.input_partition] : Array.from({ length: count }, (_, one) => one);
  findings.compare(where, `${name} partitions`, stands, belongs);
  for (const copy of copies.slice(1)) {
    findings.compare(`${TOPICS.handoffs}/${copy.partition}`, `offset ${copy.offset}`, copy.value, value);
  }
  return { value, where, name };
}
