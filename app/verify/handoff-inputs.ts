import type { Findings } from '#app/verify/compare';
import type { Routings } from '#app/verify/routings';
import type { KeptRecord } from '#app/verify/topic';
import { type StageMessage, TOPICS } from '#schemas/topics';

/** One partition of lead.stages, as handoff has read it: in order, each record once. */
export class HandoffInputs {
  /** The oldest model that can have governed when the newest record was read. */
  #governedFrom = 0;
  #read = -1;

  constructor(
    private readonly records: AsyncGenerator<KeptRecord<StageMessage>>,
    private readonly partition: number,
    private readonly routings: Routings,
    private readonly findings: Findings,
  ) {}

  /**
   * The record at an offset that a handoff names. What stands before it was passed over: nothing may have been due on it.
   * undefined: there is none, or it was read before.
   */
  async take(offset: number): Promise<KeptRecord<StageMessage> | undefined> {
    if (offset <= this.#read) return undefined;
    for (let next = await this.records.next(); next.done !== true; next = await this.records.next()) {
      const record = next.value;
      this.#read = record.offset;
      if (record.offset >= offset) {
        this.routings.notFrom(this.partition);
        this.#governedFrom = this.routings.newest;
        if (record.offset === offset) return record;
      }
      this.#pass(record);
      if (record.offset > offset) return undefined;
    }
    return undefined;
  }

  /** Reads all that is left, without any decision on it. */
  async end(): Promise<void> {
    await this.take(Number.POSITIVE_INFINITY);
  }

  #pass(record: KeptRecord<StageMessage>): void {
    const { value, offset } = record;
    const name = `missing decision on ${TOPICS.stages}/${this.partition} offset ${offset}`;
    if (value.type === 'Tick') return;
    if (value.type === 'ModelApplied') {
      const number = this.routings.met(record, value.value.input_offset);
      if (number === undefined) this.findings.add(TOPICS.handoffs, name, undefined, value);
      else this.#governedFrom = Math.max(this.#governedFrom, number);
      return;
    }
    const number = this.routings.passing(record, this.#governedFrom);
    if (number !== undefined) this.#governedFrom = number;
    else this.findings.add(TOPICS.handoffs, name, undefined, value);
  }
}
