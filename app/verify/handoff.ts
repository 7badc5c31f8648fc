import type { Findings } from '#app/verify/compare';
import { type KeptRecord, readTopic } from '#app/verify/topic';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Log, LogRecord, Outgoing } from '#lib/flow/log';
import { partitionsOf } from '#lib/flow/partitions';
import type { TopicPartition } from '#lib/flow/position';
import { readInOrder } from '#lib/flow/read-in-order';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology } from '#lib/flow/topology';
import { type HandoffMessage, TOPICS } from '#schemas/topics';
import { seqOf } from '#services/handoff/state';

/**
 * Decides on all of lead.stages once more, in the one order that its partitions have, and compares with lead.handoffs: the same
 * decisions, with the same numbers, times and representatives, each in its partition and none besides. Returns how many
 * handoffs were checked.
 */
export async function verifyHandoff(
  { decider }: DeciderTopology,
  log: Log,
  findings: Findings,
  signal: AbortSignal,
): Promise<number> {
  const { placeOf } = decider;
  if (placeOf === undefined) throw new Error(`${decider.name} goes by no order`);
  const partitions = (topic: string) => log.partitions(topic);
  const table = new Overlay();
  const written = partitionsOf(log, TOPICS.handoffs).map((place) => new Written(log, place, findings, signal));
  let checked = 0;
  for await (const { record, now } of readInOrder(log, partitionsOf(log, TOPICS.stages), placeOf, signal)) {
    if (findings.full) return checked;
    const machine = new DeciderMachine(decider, partitions, table);
    machine.decide(record, now);
    if (machine.outputs.length === 0) continue;
    for (const output of machine.outputs as readonly Outgoing<HandoffMessage>[]) {
      await written[output.partition]?.compare(output.value, record);
      if (output.value.type === 'Handoff') checked++;
    }
    table.apply(machine.changes());
  }
  for (const rest of written) await rest.end();
  return checked;
}

/** What a partition of lead.handoffs holds, as it is compared. */
class Written {
  readonly #records: AsyncGenerator<KeptRecord<HandoffMessage>>;
  readonly #findings: Findings;
  readonly #where: string;
  #head: KeptRecord<HandoffMessage> | undefined;
  #begun = false;

  constructor(log: Log, place: TopicPartition, findings: Findings, signal: AbortSignal) {
    this.#records = readTopic<HandoffMessage>(log, place, signal);
    this.#findings = findings;
    this.#where = `${place.topic}/${place.partition}`;
  }

  /** Compares the next record with the decision that must stand there. */
  async compare(decided: HandoffMessage, { topic, partition, offset }: LogRecord): Promise<void> {
    for (let head = await this.#peek(); head !== undefined; head = await this.#peek()) {
      const order = compareDecisions(head.value, decided);
      if (order > 0) break;
      if (order < 0) this.#tooMuch(head);
      else {
        this.#findings.compare(this.#where, `offset ${head.offset}`, head.value, decided);
        this.#take();
        return;
      }
    }
    this.#findings.add(this.#where, `missing decision on ${topic}/${partition} offset ${offset}`, undefined, decided);
  }

  /** Nothing else must stand here. */
  async end(): Promise<void> {
    for (let head = await this.#peek(); head !== undefined; head = await this.#peek()) this.#tooMuch(head);
  }

  #tooMuch(head: KeptRecord<HandoffMessage>): void {
    this.#findings.add(this.#where, `offset ${head.offset}`, head.value, undefined);
    this.#take();
  }

  async #peek(): Promise<KeptRecord<HandoffMessage> | undefined> {
    if (!this.#begun) {
      const next = await this.#records.next();
      this.#head = next.done === true ? undefined : next.value;
      this.#begun = true;
    }
    return this.#head;
  }

  #take(): void {
    this.#begun = false;
  }
}

/** Negative: `a` was due before `b` in their partition; 0: on the same input. */
function compareDecisions(a: HandoffMessage, b: HandoffMessage): number {
  if ((a.type === 'ModelApplied') === (b.type === 'ModelApplied')) return a.value.input_offset - b.value.input_offset;
  return seqOf(a) < seqOf(b) ? -1 : 1;
}
