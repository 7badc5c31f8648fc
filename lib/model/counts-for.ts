/** An activity counts, and moves to another owner, for 400 days after it occurred, ms; what a rule says of its own is never longer. */
export const COUNTS_FOR = 400 * 86_400_000;
