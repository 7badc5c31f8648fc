import type { Decided } from '#lib/flow/decider';
import type { TopicPartition } from '#lib/flow/position';
import type { Cost, JoinAnswer, ModelSubmitted } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { activityOf, type Found, type Place, type Stamped, type Told } from '#services/identify/activity';
import type { Held } from '#services/identify/held';
import { partitionOf } from '#services/identify/identifier';
import type { Answered, Join } from '#services/identify/joins';

/** Numbers the records of one decision and puts each into its lead's partition. */
export class Writer {
  readonly records: Decided<ActivityMessage>[] = [];
  #seq: number;

  /**
   * `lastSeq` is the last number that was given before; `offset` is the input's that is decided on; `identityKey` is named by
   * the log's first record.
   */
  constructor(
    lastSeq: number,
    private readonly loggedAt: number,
    private readonly offset: number,
    private readonly partitions: number,
    private readonly identityKey: string | null,
  ) {
    this.#seq = lastSeq;
  }

  /** `ownTime`: it is an import's own time, of one that has ended unless `importId` names it. */
  tick(ownTime: boolean, importId: string | null = null): void {
    const seq = ++this.#seq;
    const identity_key = this.#keyNamedBy(seq);
    const value = { seq, logged_at: this.loggedAt, own_time: ownTime, identity_key, import_id: importId };
    this.#broadcast({ type: 'Tick', value });
  }

  /** Up to the last number that was given, all that there is has been written. */
  watermark(): void {
    this.#broadcast({ type: 'Watermark', value: { seq: this.#seq, logged_at: this.loggedAt } });
  }

  /** `ownTime`: it came with an import that brings its own time. */
  model({ model_version, files }: ModelSubmitted, ownTime: boolean): void {
    const place = this.#place();
    const value = { ...place, model_version, files, own_time: ownTime, identity_key: this.#keyNamedBy(place.seq) };
    this.#broadcast({ type: 'ModelApplied', value });
  }

  cost(cost: Omit<Cost, keyof Place>): void {
    this.#broadcast({ type: 'Cost', value: { ...this.#place(), ...cost } });
  }

  activity(told: Told, stamped: Stamped, found: Found): void {
    this.#write(found.lead_id, { type: 'Activity', value: activityOf(told, stamped, found, this.#place()) });
  }

  /** From here on these mail addresses are the lead's, and no others. In ascending order. */
  addresses(lead: string, addresses: readonly string[], cause: Told): void {
    const value = { ...this.#place(), lead_id: lead, addresses, cause_event_id: cause.event_id };
    this.#write(lead, { type: 'AddressesChanged', value });
  }

  /** A pair: the activity leaves its owner and is emitted again under the new one. */
  move({ owner, identifiers, told, stamped }: Held, to: string, known: boolean, cause: Told): void {
    this.#write(owner, {
      type: 'MovedOut',
      value: {
        seq: ++this.#seq,
        logged_at: this.loggedAt,
        lead_id: owner,
        to_lead_id: to,
        event_id: told.event_id,
        publisher: told.publisher,
        name: told.name,
        occurred_at: told.occurred_at,
        cause_event_id: cause.event_id,
        input_offset: this.offset,
      },
    });
    this.activity(told, stamped, { lead_id: to, known, cause: 'move', identifiers });
  }

  merge(gone: string, into: string, cause: Told): void {
    const value = { ...this.#place(), lead_id: gone, into_lead_id: into, cause_event_id: cause.event_id };
    this.#write(gone, { type: 'Merged', value });
  }

  /** Asks one lead what was decided about it, and tells the other to wait for that. */
  openJoin({ from, into, ends }: Join, cause: Told): void {
    for (const lead_id of [from, into]) {
      const leads = { lead_id, from_lead_id: from, into_lead_id: into, ends, told_back: true };
      this.#write(lead_id, {
        type: 'JoinOpened',
        value: { ...this.#place(), ...leads, cause_event_id: cause.event_id },
      });
    }
  }

  /** Where a lead answers. */
  answerOf(lead: string): TopicPartition {
    return { topic: TOPICS.joins, partition: partitionOf(lead, this.partitions) };
  }

  /** What was asked for has been heard. */
  joinAnswered({ join_seq, lead_id, into_lead_id, decisions }: JoinAnswer, partition: number): void {
    const answer = { answer_partition: partition, answer_offset: this.offset };
    const value = { seq: ++this.#seq, logged_at: this.loggedAt, join_seq, lead_id, into_lead_id, decisions, ...answer };
    this.#write(lead_id, { type: 'JoinAnswered', value });
  }

  /** Tells a lead what was decided about the other, and that other, if it goes on, that it is over. */
  closeJoin({ seq, from, into, ends, goesOn, decisions }: Answered, cause: Told): void {
    for (const lead_id of goesOn ? [from, into] : [into]) {
      const join = { lead_id, from_lead_id: from, join_seq: seq, ends, decisions, cause_event_id: cause.event_id };
      this.#write(lead_id, { type: 'JoinClosed', value: { ...this.#place(), ...join } });
    }
  }

  #place(): Place {
    return { seq: ++this.#seq, logged_at: this.loggedAt, input_offset: this.offset };
  }

  #keyNamedBy(seq: number): string | null {
    return seq === 1 ? this.identityKey : null;
  }

  #write(leadId: string, value: ActivityMessage): void {
    this.records.push({ topic: TOPICS.activity, partition: partitionOf(leadId, this.partitions), key: leadId, value });
  }

  #broadcast(value: ActivityMessage): void {
    this.records.push({ topic: TOPICS.activity, partition: 'all', key: null, value });
  }
}
