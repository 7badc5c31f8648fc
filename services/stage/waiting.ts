import type { StageLadder } from '#lib/model/model';
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
  forEachWait(lead, ladder, (kind, at, historic) => {
    if (at > after && (next === undefined || at < next.at)) next = { kind, at, historic };
  });
  return next;
}

/** The wait that is over by a time; of several the one that ended last. */
export function waitAt(lead: LeadStage, ladder: StageLadder, due: number): Wait | undefined {
  let last: Wait | undefined;
  forEachWait(lead, ladder, (kind, at, historic) => {
    if (at <= due && (last === undefined || at >= last.at)) last = { kind, at, historic };
  });
  return last;
}

function forEachWait(
  { stage, since, own, historic, owed }: LeadStage,
  { patience }: StageLadder,
  take: (kind: Wait['kind'], at: number, historic: boolean) => void,
): void {
  const asked = patience.get(stage);
  if (asked !== undefined) {
    if (own !== undefined) for (const silence of asked.quiet) take('quiet', own.at + silence, own.historic);
    for (const stay of asked.stayed) take('stayed', since + stay, historic);
  }
  if (owed !== undefined) for (const one of owed) take('owed', one.at, one.historic);
}
