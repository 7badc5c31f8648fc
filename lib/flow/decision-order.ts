import type { Concern, Settled } from '#lib/flow/decider';
import { InputProgress, type Unsettled } from '#lib/flow/input-progress';
import type { ConcernOf, InputSequence, Turn } from '#lib/flow/input-sequence';
import type { LogRecord } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';

/** How far ahead of one that is not settled inputs may be decided, in offsets of its partition and in inputs of all. */
export const MOST_AHEAD = 10_000;

/** An input on which there is more to decide. */
interface UnderWay {
  readonly record: LogRecord;
  readonly decisions: number;
  /** Where it needs answers from; undefined: it goes on. */
  readonly waitsFor: readonly TopicPartition[] | undefined;
}

const NONE: readonly TopicPartition[] = [];

/**
 * Whose turn it is among the inputs of a decider. They are decided in their order, one at a time. Only while one is under way,
 * which takes several decisions, it is passed by those that have nothing in common with it nor with those who wait for it. Those
 * are decided at the moment at which it was settled, so that nothing comes between that and what has waited for it.
 * Answers to what decisions have asked for come before all others; until one comes, who is under way may have to wait.
 */
export class DecisionOrder implements InputSequence {
  readonly #progress: InputProgress;
  readonly #ahead: number;
  readonly #answering: ReadonlySet<string>;
  #answers: LogRecord[] = [];
  #underWay: UnderWay | undefined;
  /** Those who wait, in their order. */
  readonly #line = new Set<LogRecord>();
  /** What they and those they waited for concern, until nobody waits any more; undefined: everything. */
  #concerned: Set<string> | undefined = new Set();
  #fresh: readonly LogRecord[] = [];
  #next = 0;
  #passed = 0;
  /** When what others waited for was settled, ms, and how many of those at hand have waited. */
  #settledAt = 0;
  #waited = 0;
  /** Those at hand may not pass who is under way. */
  #held = false;

  /** `answers`: the topics that answer what decisions have asked for. */
  constructor(positions: readonly InputPosition[], answers: readonly string[] = [], ahead = MOST_AHEAD) {
    this.#progress = new InputProgress(positions);
    this.#answering = new Set(answers);
    this.#ahead = ahead;
  }

  get isOut(): boolean {
    if (this.#answers.length > 0) return false;
    if (this.#next < this.#fresh.length) return this.#held && this.#underWay?.waitsFor !== undefined;
    return this.#line.size === 0 || this.#underWay !== undefined;
  }

  wants(input: TopicPartition): boolean {
    return this.#next === this.#fresh.length || this.#isAnswer(input);
  }

  get missing(): readonly TopicPartition[] {
    return this.#underWay?.waitsFor ?? NONE;
  }

  add(records: readonly LogRecord[]): void {
    const fresh = this.#fresh.slice(this.#next);
    for (const record of records) (this.#isAnswer(record) ? this.#answers : fresh).push(record);
    this.#fresh = fresh;
    this.#next = 0;
  }

  get isCatchingUp(): boolean {
    return this.#underWay === undefined && this.#line.size + this.#waited > 0;
  }

  get underWay(): LogRecord | undefined {
    return this.#underWay?.waitsFor === undefined ? this.#underWay?.record : undefined;
  }

  next(concernOf: ConcernOf): Turn | undefined {
    const answer = this.#answers.shift();
    if (answer !== undefined) {
      this.#progress.took(answer);
      return { record: answer };
    }
    this.#held = false;
    if (this.#underWay === undefined) {
      const [first] = this.#line;
      if (first !== undefined) return { record: first, now: this.#settledAt };
      this.#concerned = new Set();
      this.#passed = 0;
      const record = this.#fresh[this.#next];
      if (record === undefined) return undefined;
      const hasWaited = this.#waited > 0;
      this.#take(record);
      return hasWaited ? { record, now: this.#settledAt } : { record };
    }
    for (let record = this.#fresh[this.#next]; record !== undefined; record = this.#fresh[this.#next]) {
      if (this.#concerned === undefined || this.#isTooFar(record, this.#underWay.record)) {
        this.#held = true;
        return undefined;
      }
      const concern = concernOf(record);
      this.#take(record);
      this.#passed++;
      if (isFree(concern, this.#concerned)) return { record, passing: concern };
      this.wait(record, concern);
    }
    return undefined;
  }

  decided(record: LogRecord, settled: Settled, concernOf: ConcernOf, at: number): void {
    if (this.#isAnswer(record)) {
      if (this.#underWay !== undefined) this.#underWay = { ...this.#underWay, waitsFor: undefined };
      return;
    }
    const { decisions } = this.#underWay?.record === record ? this.#underWay : { decisions: 0 };
    if (settled === 'settled') {
      this.#line.delete(record);
      if (decisions === 0) return;
      this.#underWay = undefined;
      this.#settledAt = at;
      this.#waited = this.#fresh.length - this.#next;
      return;
    }
    if (decisions === 0) {
      this.#line.delete(record);
      this.#concern(concernOf(record).keys);
    }
    this.#underWay = {
      record,
      decisions: (decisions || this.#progress.decisionsBefore(record)) + 1,
      waitsFor: settled === 'more' ? undefined : settled.waitsFor,
    };
  }

  /** An input waits: it concerns who is under way or waits, or one decision does not settle it. */
  wait(record: LogRecord, { keys }: Concern): void {
    this.#line.add(record);
    this.#concern(keys);
  }

  positions(): InputPosition[] {
    const waiting = Array.from(this.#line, (record): Unsettled => ({ record, decisions: 0 }));
    return this.#progress.positions(this.#underWay === undefined ? waiting : [this.#underWay, ...waiting]);
  }

  #isAnswer({ topic }: TopicPartition): boolean {
    return this.#answering.has(topic);
  }

  #take(record: LogRecord): void {
    this.#next++;
    if (this.#waited > 0) this.#waited--;
    this.#progress.took(record);
  }

  #isTooFar({ topic, partition, offset }: LogRecord, first: LogRecord): boolean {
    const isItsOwn = topic === first.topic && partition === first.partition;
    return this.#passed >= this.#ahead || (isItsOwn && offset - first.offset > this.#ahead);
  }

  #concern(keys: Concern['keys']): void {
    if (keys === undefined) this.#concerned = undefined;
    else for (const key of keys) this.#concerned?.add(key);
  }
}

function isFree({ keys, inTurn }: Concern, others: ReadonlySet<string>): boolean {
  if (inTurn || keys === undefined) return false;
  for (const key of keys) if (others.has(key)) return false;
  return true;
}
