import type { Concern } from '#lib/flow/decider';
import { InputProgress, type Unsettled } from '#lib/flow/input-progress';
import type { LogRecord } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';

/** Inputs that may be settled while an earlier one is not. */
export const MOST_AHEAD = 10_000;

/** An input that is under way, once a decision was taken on it, or waits for one that is. */
interface Held extends Unsettled {
  readonly record: LogRecord;
  decisions: number;
  concern: Concern;
}

/** Whom a decision on an input would concern now. */
export type ConcernOf = (record: LogRecord) => Concern;

/**
 * Whose turn it is among the inputs of a decider. They are decided in their order; but one that takes many decisions is passed
 * by those that it does not concern, at most `ahead` of them.
 */
export class DecisionOrder {
  readonly #progress: InputProgress;
  readonly #ahead: number;
  /** In their order. */
  readonly #held = new Map<LogRecord, Held>();
  /** How many of them each key concerns, and how many concern everything. */
  readonly #keys = new Map<string, number>();
  #everything = 0;
  #fresh: readonly LogRecord[] = [];
  #next = 0;
  #passing = 0;
  #mayGo = false;

  constructor(positions: readonly InputPosition[], ahead = MOST_AHEAD) {
    this.#progress = new InputProgress(positions);
    this.#ahead = ahead;
  }

  /** Whether more inputs are needed for another first decision. */
  get isOut(): boolean {
    return this.#next === this.#fresh.length && !this.#mayGo;
  }

  /** Call only when more are needed. */
  add(records: readonly LogRecord[]): void {
    this.#fresh = records;
    this.#next = 0;
  }

  /** The first input on which there is more to decide. */
  get underWay(): LogRecord | undefined {
    for (const { record, decisions } of this.#held.values()) if (decisions > 0) return record;
    return undefined;
  }

  /** The next input to take a first decision on; undefined: none may be taken now. */
  next(concernOf: ConcernOf): LogRecord | undefined {
    const waiting = this.#mayGo ? this.#freed(concernOf) : undefined;
    if (waiting !== undefined) return waiting;
    this.#mayGo = false;
    for (let record = this.#fresh[this.#next]; record !== undefined; record = this.#fresh[this.#next]) {
      if (this.#held.size === 0) {
        this.#take(record);
        return record;
      }
      if (this.#passing >= this.#ahead || this.#everything > 0) return undefined;
      const concern = concernOf(record);
      this.#take(record);
      this.#passing++;
      if (isFree(concern, this.#keys)) return record;
      this.#hold({ record, decisions: 0, concern });
    }
    return undefined;
  }

  /** A decision was taken on an input; `settled`: it was the last. */
  decided(record: LogRecord, settled: boolean, concernOf: ConcernOf): void {
    const held = this.#held.get(record);
    if (!settled) {
      if (held !== undefined) held.decisions++;
      else {
        const decisions = this.#progress.decisionsBefore(record) + 1;
        this.#hold({ record, decisions, concern: concernOf(record) });
      }
    } else if (held !== undefined) this.#release(held);
  }

  /** Where to go on after a crash: at the first input that is not settled. */
  positions(): InputPosition[] {
    return this.#progress.positions([...this.#held.values()]);
  }

  #take(record: LogRecord): void {
    this.#next++;
    this.#progress.took(record);
  }

  /** The first that waits for nobody any more. */
  #freed(concernOf: ConcernOf): LogRecord | undefined {
    const earlier = new Map<string, number>();
    let isFirst = true;
    for (const held of this.#held.values()) {
      if (held.decisions === 0 && (isFirst || isFree(held.concern, earlier))) {
        // What it waited for has changed whom it concerns.
        this.#count(held.concern, -1);
        held.concern = concernOf(held.record);
        this.#count(held.concern, 1);
        if (isFirst || isFree(held.concern, earlier)) return held.record;
      }
      if (held.concern.keys === undefined) return undefined;
      for (const key of held.concern.keys) earlier.set(key, 1);
      isFirst = false;
    }
    return undefined;
  }

  #hold(held: Held): void {
    this.#held.set(held.record, held);
    this.#count(held.concern, 1);
  }

  #release(held: Held): void {
    this.#held.delete(held.record);
    this.#count(held.concern, -1);
    this.#mayGo = true;
    if (this.#held.size === 0) this.#passing = 0;
    if (held.decisions > 0) this.#handDown(held.concern);
  }

  /** Who waited for the same decision is about the same now. */
  #handDown({ keys }: Concern): void {
    if (keys === undefined) return;
    for (const one of this.#held.values()) {
      const own = one.concern.keys;
      if (own === undefined || ![...own].some((key) => keys.has(key))) continue;
      this.#count(one.concern, -1);
      one.concern = { ...one.concern, keys: new Set([...own, ...keys]) };
      this.#count(one.concern, 1);
    }
  }

  #count({ keys }: Concern, by: 1 | -1): void {
    if (keys === undefined) this.#everything += by;
    for (const key of keys ?? []) {
      const count = (this.#keys.get(key) ?? 0) + by;
      if (count === 0) this.#keys.delete(key);
      else this.#keys.set(key, count);
    }
  }
}

/** Whether an input need not wait for others that concern these. */
function isFree({ keys, inTurn }: Concern, others: ReadonlyMap<string, number>): boolean {
  if (inTurn || keys === undefined) return false;
  for (const key of keys) if (others.has(key)) return false;
  return true;
}
