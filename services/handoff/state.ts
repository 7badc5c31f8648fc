import type { Change, TableReader } from '#lib/flow/store';
import { applied, type InForce, NO_MODEL } from '#lib/model/in-force';
import type { HandoffMessage } from '#schemas/topics';

/** Where the round of the representatives stands. */
export interface Turn {
  /** handoff_seq of the newest output; 0 before the first. */
  readonly seq: number;
  /** Its logged time, ms since 1970 UTC. */
  readonly loggedAt: number;
  /** Who was last named; empty before the first. */
  readonly rep: string;
}

/** The model whose routing is in force, it alone. */
export interface Governing {
  readonly inForce: InForce;
  /** Offset in lead.events of its submission: tells a newer model from another partition's copy of this one. */
  readonly submittedAt: number;
}

const TURN = 'round:turn';
const MODEL = 'round:model';
const START: Turn = { seq: 0, loggedAt: 0, rep: '' };

export function turnIn(state: TableReader): Turn {
  const value = state.get(TURN);
  return isTurn(value) ? value : START;
}

export function governingIn(state: TableReader): Governing | undefined {
  const value = state.get(MODEL);
  return isGoverning(value) ? value : undefined;
}

/** Offset of the newest record of an input partition that was answered by a handoff; -1 before the first. */
export function answeredUpTo(state: TableReader, inputPartition: number): number {
  const value = state.get(answeredKey(inputPartition));
  return typeof value === 'number' ? value : -1;
}

/** Folds an output into the state. */
export function evolve(state: TableReader, { type, value }: HandoffMessage): readonly Change[] {
  switch (type) {
    case 'Handoff': {
      const turn: Turn = { seq: value.handoff_seq, loggedAt: value.logged_at, rep: value.rep };
      return [
        { key: TURN, value: turn },
        { key: answeredKey(value.input_partition), value: value.input_offset },
      ];
    }
    case 'ModelApplied': {
      const turn: Turn = { ...turnIn(state), seq: value.seq, loggedAt: value.logged_at };
      const governing: Governing = { inForce: applied(NO_MODEL, value), submittedAt: value.input_offset };
      return [
        { key: TURN, value: turn },
        { key: MODEL, value: governing },
      ];
    }
  }
}

export function seqOf({ type, value }: HandoffMessage): number {
  return type === 'Handoff' ? value.handoff_seq : value.seq;
}

function answeredKey(inputPartition: number): string {
  return `answered:${inputPartition}`;
}

function isTurn(value: unknown): value is Turn {
  return typeof value === 'object' && value !== null && 'seq' in value && 'rep' in value;
}

function isGoverning(value: unknown): value is Governing {
  return typeof value === 'object' && value !== null && 'inForce' in value && 'submittedAt' in value;
}
