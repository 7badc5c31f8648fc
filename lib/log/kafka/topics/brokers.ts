import type { Difference } from '#lib/log/kafka/topics/difference';
import { DAY } from '#lib/log/retention';
import { formatDuration } from '#lib/model/duration';

/** What matters about the cluster's brokers. */
export interface FoundBrokers {
  readonly count: number;
  /**
   * How long the positions of a group without members are kept, ms; undefined: this user may not read it. The shortest of
   * all brokers.
   */
  readonly positionsKept: number | undefined;
  /** What some of them lack: no service starts without it. */
  readonly lack: Difference | undefined;
}

/** A service may stand still for so long and still go on where it was. */
const LEAST_KEPT = 365 * DAY;
const MINUTE = 60_000;
const SETTING = 'offsets.retention.minutes';

/** What is wrong with them. */
export function compareBrokers({ positionsKept, lack }: FoundBrokers): readonly Difference[] {
  const differences: Difference[] = [];
  const warn = (what: string, is: string, should: string, remedy: string) => {
    differences.push({ severity: 'warning', where: 'brokers', what, is, should, remedy });
  };
  if (lack !== undefined) differences.push(lack);
  const should = `${LEAST_KEPT / MINUTE} (${formatDuration(LEAST_KEPT)}) or more`;
  const lost =
    'a service that stands still for longer loses its positions; it never starts from 0 by itself and has to be recovered';
  if (positionsKept === undefined) {
    warn(SETTING, 'unknown', should, `${lost}. Allow this user DESCRIBE_CONFIGS on the cluster to have it checked`);
  } else if (positionsKept < LEAST_KEPT) {
    const is = `${positionsKept / MINUTE} (${formatDuration(positionsKept)})`;
    warn(SETTING, is, should, `${lost}. Set it in every broker's server.properties`);
  }
  return differences;
}
