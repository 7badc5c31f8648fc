/** What becomes of an input: outcomes are values, exceptions are for bugs and outages. */
export type Outcome<Value> = Ok<Value> | Drop | Dead;

export interface Ok<Value> {
  readonly kind: 'ok';
  readonly value: Value;
}

/** Rightly ignored, e.g. a publisher's retry. */
export interface Drop {
  readonly kind: 'drop';
  readonly reason: string;
}

/** Can never be processed: to the dead letters. `reason` is machine-readable, `detail` one plain line. */
export interface Dead {
  readonly kind: 'dead';
  readonly reason: string;
  readonly detail: string;
}

export function ok<Value>(value: Value): Ok<Value> {
  return { kind: 'ok', value };
}

export function drop(reason: string): Drop {
  return { kind: 'drop', reason };
}

export function dead(reason: string, detail: string): Dead {
  return { kind: 'dead', reason, detail };
}
