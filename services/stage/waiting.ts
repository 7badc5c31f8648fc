import type { StageLadder } from '#lib/model/model';
import { patienceOf } from '#services/stage/climb';
import type { LeadStage } from '#services/stage/state';

/** What a lead waits for in its stage. Times in ms. */
export interface Wait {
  readonly kind: 'quiet' | 'stayed';
  /** When it will have waited long enough. */
  readonly at: number;
  /** What follows is recorded, not sent. */
  readonly historic: boolean;
}

/** The first wait that ends after a time (any time unless told): of quiet, and of staying in the stage. */
export function nextWait(lead: LeadStage, ladder: StageLadder | undefined, after = -Infinity): Wait | undefined {
  if (ladder === undefined) return undefined;
  const [first, second] = waits(lead, ladder).filter(({ at }) => at > after);
  return first === undefined || second === undefined || first.at <= second.at ? first : second;
}

/** The wait that is over by a time; of two the one that ended last. */
export function waitAt(lead: LeadStage, ladder: StageLadder, due: number): Wait | undefined {
  return waits(lead, ladder)
    .filter(({ at }) => at <= due)
    .sort((a, b) => a.at - b.at)
    .at(-1);
}

function waits({ stage, since, own, historic }: LeadStage, ladder: StageLadder): readonly Wait[] {
  const found: Wait[] = [];
  const silence = patienceOf('quiet', stage, ladder);
  if (silence !== undefined && own !== undefined) {
    found.push({ kind: 'quiet', at: own.at + silence, historic: own.historic });
  }
  const stay = patienceOf('stayed', stage, ladder);
  if (stay !== undefined) found.push({ kind: 'stayed', at: since + stay, historic });
  return found;
}
