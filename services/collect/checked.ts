import type { Dead, Ok } from '#lib/flow/outcome';

/** An outcome that is never a drop: what a publisher sends is taken or refused. */
export type Checked<Value> = Ok<Value> | Dead;
