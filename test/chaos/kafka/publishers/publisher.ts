/** Publishes until it is stopped. */
export interface Publisher {
  /** Resolves when all that was begun is acknowledged; rejects if it was answered in a way that publishers cannot expect. */
  stop(): Promise<void>;
}
