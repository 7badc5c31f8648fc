/** Mistakes that an adapter or a commit could make, for tests that show that the simulator finds them. */
export const BUGS = [
  /** A random transactional id per open: nobody is fenced. */
  'no fencing',
  /** The position is read before the older owner's transaction has settled (KAFKA-17507). */
  'positions before settlement',
  /** Outputs in one transaction, the position in another. */
  'positions after outputs',
  'positions before outputs',
  /** No answer to the end of a transaction is taken for a success. */
  'silence is success',
  /** No answer to the end of a transaction is taken for a failure, and the batch is sent again. */
  'silence is failure',
  /** The store takes a batch before the log does. */
  'store before log',
  /** Rows are written after the position that says they are. */
  'rows after log',
  'read uncommitted',
  /** The end of a partition counts what is no record: markers, aborted records. */
  'end past the last record',
  /** A page of records goes on after its count, not after its last offset. */
  'offsets without gaps',
  /** The store takes what another session wrote over. */
  'no compare and set',
] as const;

export type Bug = (typeof BUGS)[number];
