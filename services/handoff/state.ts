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

/** The representative of a lead: whoever it was last handed over to; undefined: it never was. */
export function ownerIn(state: TableReader, lead: string): string | undefined {
  const value = state.get(ownerKey(lead));
  return typeof value === 'string' ? value : undefined;
}

/** Folds an output into the state. */
export function evolve(state: TableReader, { type, value }: HandoffMessage): readonly Change[] {
  switch (type) {
    case 'Handoff': {
      const { handoff_seq: seq, logged_at: loggedAt, lead_id, rep, suppressed_by } = value;
      const isOwner = ownerIn(state, lead_id) === rep;
      const turn: Turn = { seq, loggedAt, rep: isOwner ? turnIn(state).rep : rep };
      return [
        { key: TURN, value: turn },
        { key: answeredKey(value.input_partition), value: value.input_offset },
        ...(suppressed_by === null && !isOwner ? [{ key: ownerKey(lead_id), value: rep }] : []),
      ];
    }
    case 'OwnerPassed': {
      const turn: Turn = { ...turnIn(state), seq: value.handoff_seq, loggedAt: value.logged_at };
      return [
        { key: TURN, value: turn },
        { key: answeredKey(value.input_partition), value: value.input_offset },
        { key: ownerKey(value.lead_id), value: value.rep },
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
  return type === 'ModelApplied' ? value.seq : value.handoff_seq;
}

function ownerKey(lead: string): string {
  return `owner:${lead}`;
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
