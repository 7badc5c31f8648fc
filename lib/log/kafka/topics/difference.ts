/** Something in the cluster that is not as it should be. */
export interface Difference {
  /** fault: Leadstream would lose, double or mix up records, or stand still; warning: it works, at a price that is named. */
  readonly severity: 'fault' | 'warning';
  /** A topic's name in the cluster, or `brokers`. */
  readonly where: string;
  /** A setting by Kafka's name, `partitions` or `replicas`. */
  readonly what: string;
  readonly is: string;
  readonly should: string;
  /** What to do, and what happens otherwise. */
  readonly remedy: string;
}

/** As one line for people. */
export function differenceLine({ where, what, is, should, remedy }: Difference): string {
  return `${where}: ${what} is ${is}, should be ${should}; ${remedy}`;
}
