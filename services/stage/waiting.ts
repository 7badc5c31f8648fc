import type { Patience, StageLadder } from '#lib/model/model';
import type { LeadStage } from '#services/stage/state';

/** What a lead waits for in its stage. Times in ms. */
export interface Wait {
  readonly kind: 'quiet' | 'stayed' | 'owed';
  /** When it will have waited long enough. */
  readonly at: number;
  /** What follows is recorded, not sent. */
  readonly historic: boolean;
}

/** The first wait that ends after a time (any time unless told): of quiet, of staying in the stage, and what is owed. */
export function nextWait(lead: LeadStage, ladder: StageLadder | undefined, after = -Infinity): Wait | undefined {
  if (ladder === undefined) return undefined;
  let next: Wait | undefined;
  for (const wait of waits(lead, ladder)) {
    if (wait.at > after && (next === undefined || wait.at < next.at)) next = wait;
  }
  return next;
}

/** The wait that is over by a time; of several the one that ended last. */
export function waitAt(lead: LeadStage, ladder: StageLadder, due: number): Wait | undefined {
  let last: Wait | undefined;
  for (const wait of waits(lead, ladder)) {
    if (wait.at <= due && (last === undefined || wait.at >= last.at)) last = wait;
  }
  return last;
}

function* waits({ stage, since, own, historic, owed }: LeadStage, { patience }: StageLadder): Iterable<Wait> {
  const { quiet, stayed } = patience.get(stage) ?? NO_PATIENCE;
  if (own !== undefined) {
    for (const silence of quiet) yield { kind: 'quiet', at: own.at + silence, historic: own.historic };
  }
  for (const stay of stayed) yield { kind: 'stayed', at: since + stay, historic };
  for (const one of owed ?? NOTHING_OWED) yield { kind: 'owed', ...one };
}

const NO_PATIENCE: Patience = { quiet: [], stayed: [] };
const NOTHING_OWED: NonNullable<LeadStage['owed']> = [];
