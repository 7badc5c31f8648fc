/** What publishers know of what they sent: the promises that the installation has given them. */
export class Ledger {
  /** Events that were acknowledged, as `publisher event-id`. */
  readonly acknowledged = new Set<string>();
  /** Events that may be there, acknowledged or not. */
  readonly sent = new Set<string>();
  /** Events of transactions that were never committed: they must not be anywhere. */
  readonly aborted = new Set<string>();
  /** Records that no service can take, by their bytes in hex: whether they were acknowledged. */
  readonly poison = new Map<string, boolean>();
  readonly abortedPoison = new Set<string>();
  /** Requests or batches that failed and were sent again. */
  failures = 0;
  /** Events that were sent once more although they had been acknowledged. */
  repeated = 0;
  transactions = 0;
  aborts = 0;
}

export function eventName(publisher: string, eventId: string): string {
  return `${publisher} ${eventId}`;
}
