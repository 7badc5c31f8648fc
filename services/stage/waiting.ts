import type { StageLadder } from '#lib/model/model';
import { patienceOf } from '#services/stage/climb';
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
  return waits(lead, ladder)
    .filter(({ at }) => at <= due)
    .sort((a, b) => a.at - b.at)
    .at(-1);
}

function waits({ stage, since, own, historic, owed }: LeadStage, ladder: StageLadder): readonly Wait[] {
  const found: Wait[] = [];
  const silence = patienceOf('quiet', stage, ladder);
  if (silence !== undefined && own !== undefined) {
    found.push({ kind: 'quiet', at: own.at + silence, historic: own.historic });
  }
  const stay = patienceOf('stayed', stage, ladder);
  if (stay !== undefined) found.push({ kind: 'stayed', at: since + stay, historic });
  if (owed !== undefined) found.push({ kind: 'owed', ...owed });
  return found;
}
