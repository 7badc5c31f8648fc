import type { Findings } from '#app/verify/compare';
import type { KeptRecord } from '#app/verify/topic';
import type { Decider } from '#lib/flow/decider';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { TableReader } from '#lib/flow/store';
import { endOf, Overlay } from '#lib/flow/table';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';

type Applied = Extract<HandoffMessage, { type: 'ModelApplied' }>;

/** A model of lead.handoffs whose record in lead.stages is still to be met. */
interface Brought {
  readonly applied: Applied;
  readonly name: string;
  /** The state in which it was taken over. */
  readonly before: Overlay;
  /** Partitions that can have brought it, by what was decided on their inputs since. */
  readonly possible: Set<number>;
}

/** The models that have governed routing, in order, and the state as each came into force. */
export class Routings {
  /** By the offset of their submission in lead.events. */
  readonly #brought = new Map<number, Brought>();
  readonly #states: Overlay[] = [new Overlay()];
  readonly #numbers = new Map<number, number>();

  constructor(
    private readonly decider: Decider<unknown, unknown>,
    private readonly partitions: (topic: string) => number,
    private readonly findings: Findings,
  ) {}

  /** The number of the model in force; 0 before the first. */
  get newest(): number {
    return this.#states.length - 1;
  }

  /** The values that handoff decides on an input in a state. */
  decide(input: KeptRecord<StageMessage>, state: TableReader): readonly unknown[] {
    const machine = new DeciderMachine(this.decider, this.partitions, state);
    machine.decide(input, 0);
    return [...new Set(machine.outputs.map(({ value }) => value))];
  }

  /** The first model from number `from` on under which an input leads to no handoff; undefined: none. */
  passing(input: KeptRecord<StageMessage>, from: number): number | undefined {
    const found = this.#states.findIndex((state, number) => number >= from && this.decide(input, state).length === 0);
    return found === -1 ? undefined : found;
  }

  /** Takes up a model of lead.handoffs; `state`: as before it. */
  brought(applied: Applied, name: string, state: Overlay, partitions: number): void {
    const possible = new Set(Array.from({ length: partitions }, (_, partition) => partition));
    this.#brought.set(applied.value.input_offset, { applied, name, before: copyOf(state), possible });
  }

  /** From here on it governs; `state`: as with it. */
  governs(applied: Applied, state: Overlay): void {
    this.#numbers.set(applied.value.input_offset, this.#states.length);
    this.#states.push(copyOf(state));
  }

  /** A model's record in lead.stages; undefined: it has not come into force. Else its number. */
  met(input: KeptRecord<StageMessage>, submittedAt: number): number | undefined {
    const brought = this.#brought.get(submittedAt);
    if (brought?.possible.has(input.partition)) {
      const [again] = this.decide(input, brought.before);
      this.findings.compare(TOPICS.handoffs, `${brought.name} model`, brought.applied, again);
      this.#brought.delete(submittedAt);
    }
    return this.#numbers.get(submittedAt);
  }

  /** Decisions were taken on a partition's inputs, none of which is the record of these models. */
  notFrom(partition: number): void {
    for (const [submittedAt, { applied, name, possible }] of this.#brought) {
      possible.delete(partition);
      if (possible.size > 0) continue;
      this.findings.add(TOPICS.handoffs, `${name} model`, applied, undefined);
      this.#brought.delete(submittedAt);
    }
  }

  /** All inputs are met. */
  end(): void {
    for (const { applied, name } of this.#brought.values()) {
      this.findings.add(TOPICS.handoffs, `${name} model`, applied, undefined);
    }
  }
}

/** Handoff's whole state is a handful of entries. */
function copyOf(state: Overlay): Overlay {
  const copy = new Overlay();
  for (const [key, value] of state.range('', endOf(''))) copy.put(key, value);
  return copy;
}
